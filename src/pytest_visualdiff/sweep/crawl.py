"""Which pages a sweep visits: addresses as given, from a file, from a sitemap, or by its links."""

from __future__ import annotations

import gzip
import html
import io
import re
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import Request, urlopen

from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.errors import InvalidValue, UsageError, VisualDiffError
from pytest_visualdiff.sweep.page_result import PageResult
from pytest_visualdiff.sweep.sweeper import sweep_page
from pytest_visualdiff.sweep.visit import PageObservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_visualdiff.options.table import Settings

MOST_BYTES = 50_000_000
"""Largest sitemap that is read; sitemaps.org allows 50 MB."""

SECONDS = 20.0
"""How long a sitemap may take to answer."""

MOST_SITEMAPS = 50
"""Sitemaps of an index that are followed."""

_SCHEMES = ("http", "https", "file")
_LOCATION = re.compile(r"<loc[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</loc>", re.DOTALL)
_FILES = re.compile(
    r"\.(?:pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|dmg|exe|msi|deb|rpm|whl|jar|apk|iso|mp[34]|webm|ogg|wav"
    r"|png|jpe?g|gif|webp|avif|svg|ico|css|js|json|xml|rss|atom|csv|docx?|xlsx?|pptx?|woff2?|ttf)$",
    re.IGNORECASE,
)


def address(text: str) -> str:
    """A URL as given, or the ``file:`` URL of a page on this machine; raises ``InvalidValue``."""
    parts = urlsplit(text)
    if parts.scheme in _SCHEMES and (parts.netloc or parts.scheme == "file"):
        return text
    try:
        path = Path(text)
        if path.is_file():
            return path.resolve().as_uri()
    except (OSError, ValueError):
        pass
    raise InvalidValue(f"{text!r} is neither a URL (http:, https:, file:) nor a file that exists")


def from_file(path: str) -> list[str]:
    """One address a line; empty lines and those that start with # are left out; - is stdin."""
    import sys

    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read the addresses in {path}: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    return [address(line) for line in lines if line and not line.startswith("#")]


def from_sitemap(place: str) -> list[str]:
    """The pages of a sitemap, or of all sitemaps of an index; from a URL or a file.

    Raises ``UsageError`` for what cannot be read or names no page.
    """
    text = _read(place)
    found = list(_locations(text))
    if "<sitemapindex" in text:
        found = [page for one in found[:MOST_SITEMAPS] for page in _locations(_read(one))]
    if not found:
        raise UsageError(f"the sitemap {place} names no page")
    return [address(one) for one in found]


def _locations(text: str) -> Iterator[str]:
    # Read with an expression, not a parser of XML: entities of others are never expanded.
    return (html.unescape(found) for found in _LOCATION.findall(text))


def _read(place: str) -> str:
    try:
        if urlsplit(place).scheme in ("http", "https"):
            request = Request(place, headers={"User-Agent": "visualdiff"})  # noqa: S310 - http
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - http, as checked
                data: bytes = answer.read(MOST_BYTES + 1)
        else:
            data = Path(place).read_bytes()
        if data[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
    except (OSError, ValueError, EOFError, URLError) as error:
        raise UsageError(f"cannot read the sitemap {place}: {error}") from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"the sitemap {place} has more than {MOST_BYTES:,} bytes")
    return data.decode("utf-8", "replace")


def followed(links: Iterable[str], start: str) -> Iterator[str]:
    """The links that lead to further pages of the same origin, without their fragments."""
    origin = urlsplit(start)[:2]
    for link in links:
        url = urldefrag(link).url
        parts = urlsplit(url)
        if parts[:2] == origin and not _FILES.search(parts.path):
            yield url


@dataclass
class ParallelSweeper:
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
            links = (one.links for page in results for one in page.observations[:1])
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
    observations = tuple(PageObservation(name, error=said) for name in settings["sweep_browsers"])
    return PageResult(viewport, observations, errors={one.browser: said for one in observations})
