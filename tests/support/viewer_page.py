"""The viewer in a real browser, as a person with a keyboard meets it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver.remote.webdriver import WebDriver

READY = "return document.documentElement.hasAttribute('data-ready')"

# Pictures are there, and no frame is due: what is on the screen is what stays.
SETTLED = """
    const seen = (one) => {
      const box = one.getBoundingClientRect();
      return box.top < innerHeight && box.left < innerWidth;
    };
    return [...document.images].filter(seen).every((one) => one.complete);
"""


@dataclass
class Page:
    """The page of a driver."""

    driver: WebDriver

    def open(self, url: str) -> Page:
        """Open the viewer and wait until it is there."""
        self.driver.get("about:blank")  # a new fragment alone would load nothing
        self.driver.get(url)
        self.wait(lambda: self.run(READY))
        return self.settle()

    def settle(self) -> Page:
        """Wait for pictures and for what is drawn with the next frame."""
        self.wait(lambda: self.run(SETTLED))
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 260)))"
        )
        return self

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def wait(self, condition: Callable[[], Any], seconds: float = 15) -> Any:
        return WebDriverWait(self.driver, seconds, 0.05).until(lambda _: condition())

    def press(self, *keys: str) -> Page:
        """Press keys one after the other, wherever the focus is."""
        actions = ActionChains(self.driver, duration=0)
        for one in keys:
            actions.send_keys(one)
        actions.perform()
        return self

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The text of the first such element, as it stands in the document; empty for none."""
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        return str(self.run(script, selector))

    def rows(self) -> list[str]:
        """Names of the rows that are drawn."""
        script = "return [...document.querySelectorAll('.row')].map((one) => one.innerText)"
        return [text.splitlines()[0] for text in self.run(script)]

    def choose(self, name: str) -> Page:
        """Click the row with that text."""
        script = """
            const row = [...document.querySelectorAll('.row')]
              .find((one) => one.innerText.includes(arguments[0]));
            row.click();
        """
        self.run(script, name)
        return self.settle()

    def change(self, selector: str, event: str, value: str) -> Page:
        """Give a field a value, as typing or choosing does."""
        script = """
            const field = document.querySelector(arguments[0]);
            field.value = arguments[2];
            field.dispatchEvent(new Event(arguments[1], {bubbles: true}));
        """
        self.run(script, selector, event, value)
        return self.settle()

    @property
    def title(self) -> str:
        return self.text("main h1")

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return self.text("#live")

    def chosen(self) -> str:
        """The id of the row that is shown."""
        return self.text("main code")

    def decided(self) -> str:
        """The words of the progress."""
        return self.text(".progress")

    def wait_decided(self, words: str) -> None:
        self.wait(lambda: words in self.decided())

    def axe(self) -> list[str]:
        """Violations that axe-core finds, as rule: targets."""
        self.run(_axe())
        script = """
            const done = arguments[0];
            axe.run(document, {resultTypes: ["violations"]}).then(
              (found) => done(JSON.stringify(found.violations)), (error) => done(String(error)));
        """
        found = json.loads(self.driver.execute_async_script(script))
        return [
            f"{one['id']}: {[node['target'] for node in one['nodes']][:3]} {one['help']}"
            for one in found
        ]


@cache
def _axe() -> str:
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
