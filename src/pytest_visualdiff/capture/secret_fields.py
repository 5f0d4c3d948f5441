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

    from pytest_visualdiff.capture.live_page import LivePage

ATTRIBUTE = "data-visualdiff-secret"
SELECTOR = f"[{ATTRIBUTE}]"

# Marks elements in all documents and open shadow roots that can be read from here. Of an element
# with children only what no child holds counts. A password field shows dots. Frames that cannot be
# read are answered as paths of indices, null where no index leads there.
MARK = """
const [secrets, attribute] = arguments;
const holds = text => !!text && secrets.some(one => text.includes(one));
const shown = element => {
  if (element.type === 'password') return holds(element.placeholder);
  if ([...element.attributes].some(one => holds(one.value))) return true;
  if (element.matches('input, textarea')) return holds(element.value);
  if (element.matches('select')) return [...element.selectedOptions].some(one => holds(one.text));
  if (!holds(element.textContent)) return false;
  return element.isContentEditable || ![...element.children].some(one => holds(one.textContent));
};
const marked = [], sealed = [];
const indexOf = element => {
  const view = element.ownerDocument.defaultView;
  for (let at = 0; at < view.length; at++) if (view[at] === element.contentWindow) return at;
  return null;
};
const visit = (root, path) => {
  for (const element of root.querySelectorAll('*')) {
    let box = shown(element) ? element : null;
    while (box && getComputedStyle(box).display === 'contents') box = box.parentElement;
    const drawn = box === element && box.getClientRects().length > 0;
    element.toggleAttribute(attribute, drawn);
    if (drawn || (box && box !== element)) {
      box.toggleAttribute(attribute, true);
      marked.push(box);
    }
    if (element.shadowRoot) visit(element.shadowRoot, path);
    if (element.localName === 'iframe' || element.localName === 'frame') {
      let inner = null;
      try { inner = element.contentDocument; } catch { inner = null; }
      const index = indexOf(element), inside = path && index !== null ? [...path, index] : null;
      if (inner) visit(inner, inside);
      else if (element.contentWindow) sealed.push([element, inside]);
    }
  }
};
visit(document, []);
"""

# Marks frames that cannot be read, by their number in the answer before.
_COVER = """
for (const at of arguments[2]) {
  const [frame] = sealed[at];
  if (frame.getClientRects().length) {
    frame.toggleAttribute(attribute, true);
    marked.push(frame);
  }
}
"""


def mark_secrets(page: LivePage) -> bool:
    """Mark the elements that show a typed secret; whether there are any."""
    if not typed():
        return False
    with suppress(Exception):  # a page that cannot be asked is told by the capture
        return bool(asked_of_all(page, "return marked.length"))
    return False


def asked_of_all(page: LivePage, question: str, *more: Any) -> Any:
    """Mark elements from the outermost document on, and ask there: ``marked`` are the elements.

    A frame of another origin is marked as a whole where it shows a secret, or does not tell. The
    page is in the same frame afterwards. Raises whatever the driver does.
    """
    with _unlogged(), _outermost(page):
        paths = page.run(f"{MARK}; return sealed.map(one => one[1])", *_arguments())
        covered = [at for at, path in enumerate(paths) if path is None or _shows(page, path)]
        return page.run(f"{MARK}{_COVER}{question}", *_arguments(), covered, *more)


def _arguments() -> tuple[list[str], str]:
    return typed(), ATTRIBUTE


def _shows(page: LivePage, path: list[int]) -> bool:
    """Whether a frame of another origin shows a secret, or one inside of it that may do so."""
    look = f"{MARK}; const all = marked.length, inner = sealed.map(one => one[1]);"
    take_back = "marked.forEach(one => one.removeAttribute(attribute));"
    try:
        page.follow(path)
        count, inner = page.run(f"{look}{take_back}return [all, inner]", *_arguments())
        return count > 0 or any(one is None or _shows(page, [*path, *one]) for one in inner)
    except Exception:  # noqa: BLE001 - what cannot be asked is covered rather than shown
        return True
    finally:
        page.follow([])


@contextmanager
def _outermost(page: LivePage) -> Iterator[None]:
    """Be in the outermost document, and then again in the frame that the page was in."""
    inside = page.path()
    if inside:
        page.follow([])
    try:
        yield
    finally:
        if inside:
            page.follow(inside)


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
