"""Many pages at once: each worker has browsers of its own and takes the next page that waits."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.errors import VisualDiffError
from pytest_visualdiff.sweep.crawl import followed
from pytest_visualdiff.sweep.page_result import PageResult
from pytest_visualdiff.sweep.sweeper import sweep_page
from pytest_visualdiff.sweep.visit import Sight

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.options.table import Settings


@dataclass
class Crew:
    """Sweeps pages with so many workers."""

    settings: Settings
    workers: int
    crawl: bool = False
    """Follow the links of each page to others of the same origin."""
    most: int = 50
    """Pages that are visited at most."""
    _own: threading.local = field(default_factory=threading.local)
    _pools: list[BrowserPool] = field(default_factory=list)

    def sweep(self, urls: Sequence[str]) -> Iterator[tuple[str, list[PageResult], int]]:
        """Each page with its results, as they come in, and how many are known of by then."""
        known = dict.fromkeys(urls[: self.most])
        waiting, running = deque(known), dict[Future[list[PageResult]], str]()
        try:
            with ThreadPoolExecutor(self.workers) as threads:
                while waiting or running:
                    while waiting and len(running) < self.workers:
                        url = waiting.popleft()
                        running[threads.submit(self._one, url)] = url
                    for done in wait(running, return_when=FIRST_COMPLETED).done:
                        url, results = running.pop(done), done.result()
                        for link in self._further(url, results):
                            if link not in known and len(known) < self.most:
                                known[link] = None
                                waiting.append(link)
                        yield url, results, len(known)
        finally:
            for pool in self._pools:
                pool.close()

    def _further(self, url: str, results: Sequence[PageResult]) -> Iterator[str]:
        if self.crawl:
            links = (one.links for page in results for one in page.sights[:1])
            yield from followed((link for some in links for link in some), url)

    def _one(self, url: str) -> list[PageResult]:
        """One page; trouble that is not a browser's own is told of all of them."""
        try:
            return sweep_page(url, self.settings, self._pool())
        except VisualDiffError as error:
            return [_lost(size, self.settings, error) for size in self.settings["viewports"]]

    def _pool(self) -> BrowserPool:
        """The browsers of this thread."""
        if not hasattr(self._own, "pool"):
            self._own.pool = BrowserPool()
            self._pools.append(self._own.pool)
        pool: BrowserPool = self._own.pool
        return pool


def _lost(viewport: tuple[int, int], settings: Settings, error: VisualDiffError) -> PageResult:
    said = f"{type(error).__name__}: {error}"
    sights = tuple(Sight(name, error=said) for name in settings["sweep_browsers"])
    return PageResult(viewport, sights, errors={one.browser: said for one in sights})
