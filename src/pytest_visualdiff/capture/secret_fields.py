"""Elements of a page that show a typed secret: they are redacted in every picture.

They are found by what they show, not by where the secret was typed: a page may draw its fields
anew, fill them again after a reload, or repeat the text elsewhere.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.secrets import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.javascript import ScriptRunner

ATTRIBUTE = "data-visualdiff-secret"
SELECTOR = f"[{ATTRIBUTE}]"

# Marks elements, in open shadow roots and frames of the same origin as well. Of an element with
# children only its own text counts. A password field shows dots.
MARK = """
const [secrets, attribute] = arguments;
const holds = text => !!text && secrets.some(one => text.includes(one));
const marked = [];
const visit = root => {
  for (const element of root.querySelectorAll('*')) {
    const field = element.matches('input, textarea, select');
    const own = field ? (element.type === 'password' ? '' : element.value)
      : [...element.childNodes].filter(node => node.nodeType === 3)
          .map(node => node.data).join('');
    const hint = element.placeholder;
    const shows = holds(own) || holds(hint)
      || (element.isContentEditable && holds(element.textContent));
    let box = shows ? element : null;
    while (box && getComputedStyle(box).display === 'contents') box = box.parentElement;
    const drawn = box === element && box.getClientRects().length > 0;
    element.toggleAttribute(attribute, drawn);
    if (drawn || (box && box !== element)) {
      box.toggleAttribute(attribute, true);
      marked.push(box);
    }
    if (element.shadowRoot) visit(element.shadowRoot);
    if (element.localName === 'iframe' || element.localName === 'frame') {
      let inner = null;
      try { inner = element.contentDocument; } catch { inner = null; }
      if (inner) visit(inner);
    }
  }
};
let top = document;
try { top = window.top.document || document; } catch { top = document; }
visit(top);
"""


def mark_secrets(page: ScriptRunner) -> bool:
    """Mark the elements that show a typed secret; whether there are any."""
    secrets = typed()
    if not secrets:
        return False
    with _unlogged(), suppress(Exception):  # a page that cannot be asked is told by the capture
        return bool(page.run(f"{MARK}; return marked.length", secrets, ATTRIBUTE))
    return False


def elements_with_secrets(driver: Any) -> list[Any]:
    """The elements of the document that the driver is in which show a typed secret.

    Raises whatever WebDriver does while the page cannot be asked.
    """
    own = f"{MARK}; return marked.filter(one => one.ownerDocument === document)"
    with _unlogged():
        found: list[Any] = driver.execute_script(own, typed(), ATTRIBUTE)
    return found


@contextmanager
def _unlogged() -> Iterator[None]:
    """Selenium logs what scripts are given."""
    logger = logging.getLogger("selenium.webdriver.remote.remote_connection")
    usual = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(usual)
