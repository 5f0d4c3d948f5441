"""Fifty real web pages, fetched from package registries and served on loopback.

Nobody here wrote these pages: they are templates, demos and built documentation that packages
with free licences ship as HTML. They are fetched once, by ``npm pack`` and ``pip download``, into
``benchmarks/.cache`` and are no part of this project.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from dataclasses import dataclass
from functools import cached_property
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self

CACHE = Path(__file__).parent / ".cache"
VIEWPORT = (1280, 800)


@dataclass(frozen=True)
class Source:
    """One package: where it comes from, under which licence, and which of its pages we take.

    ``root`` is the folder of the package that is served, below ``mount``; a package whose pages
    refer to ``/assets`` and the like is mounted at the top (an empty ``mount``).
    """

    registry: Literal["npm", "pypi"]
    package: str
    version: str
    licence: str
    mount: str
    root: str
    pages: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where this package lies, unpacked."""
        return CACHE / "pages" / f"{self.package}-{self.version}"


def _bootstrap(name: str, version: str, *pages: str) -> Source:
    """Name one of the Start Bootstrap templates: all MIT, all with their pages in ``dist``."""
    package = f"startbootstrap-{name}"
    return Source("npm", package, version, "MIT", name, "dist", pages or ("index",))


SOURCES = (
    Source(
        *("npm", "gentelella", "4.2.0", "MIT", "", "dist"),
        tuple(
            f"production/{name}"
            for name in (
                *("chat", "contacts", "e_commerce", "faq", "form", "form_buttons", "invoice"),
                *("kanban", "orders", "projects", "settings", "tables", "typography"),
            )
        ),
    ),
    Source(
        *("npm", "spectre.css", "0.5.9", "MIT", "spectre", "docs"),
        (
            *("components/accordions", "components/cards", "components/steps"),
            *("components/tiles", "elements/buttons", "elements/forms", "elements/tables"),
            *("elements/typography", "layout/grid", "utilities/colors", "index"),
        ),
    ),
    Source(
        *("npm", "startbootstrap-sb-admin-2", "4.1.4", "MIT", "sb-admin-2", "."),
        ("buttons", "cards", "login", "tables"),
    ),
    _bootstrap("agency", "7.0.12"),
    _bootstrap("business-casual", "7.0.9", "index", "about", "products"),
    _bootstrap("clean-blog", "6.0.9", "index", "about", "contact", "post"),
    _bootstrap("creative", "7.0.7"),
    _bootstrap("freelancer", "7.0.7"),
    _bootstrap("grayscale", "7.0.6"),
    _bootstrap("landing-page", "6.0.6"),
    _bootstrap("modern-business", "5.0.7", "pricing"),
    _bootstrap("resume", "7.0.6"),
    _bootstrap("stylish-portfolio", "6.0.6"),
    Source(
        *("pypi", "alembic", "1.16.5", "MIT", "alembic", "docs"),
        ("autogenerate", "cookbook", "tutorial"),
    ),
    Source("pypi", "dogpile.cache", "1.4.1", "MIT", "dogpile", "docs", ("api", "usage")),
    Source("pypi", "Mako", "1.3.10", "MIT", "mako", "doc", ("caching", "syntax")),
)


@dataclass(frozen=True)
class Page:
    """One page: the package it comes from, and its path there without ``.html``."""

    source: Source
    path: str

    @property
    def name(self) -> str:
        """Name the page in a way that is unique among all of them, fit for a file name."""
        return f"{self.source.mount or self.source.package}-{self.path.replace('/', '-')}"

    @property
    def url_path(self) -> str:
        """Where the page is on the server."""
        return "/" + f"{self.source.mount}/{self.path}.html".lstrip("/")


PAGES = tuple(Page(source, path) for source in SOURCES for path in source.pages)
EXAMPLE = next(page for page in PAGES if page.path == "production/projects")


def fetch(pages: Iterable[Page] = PAGES) -> None:
    """Bring the packages of these pages into the cache; those that are there stay."""
    for source in dict.fromkeys(page.source for page in pages):
        if not source.folder.is_dir():
            print(f"fetching {source.package} {source.version} from {source.registry}", flush=True)
            _fetch(source)
        for path in source.pages:
            page = source.folder / source.root / f"{path}.html"
            if not page.is_file():
                raise FileNotFoundError(f"{source.package} {source.version} has no page {page}")


def _fetch(source: Source) -> None:
    """Download and unpack one package; its folder appears whole, or not at all."""
    source.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=source.folder.parent) as scratch:
        _download(source, scratch)
        archive = next(Path(scratch).glob("*gz"))
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        (unpacked,) = (entry for entry in Path(scratch).iterdir() if entry.is_dir())
        unpacked.rename(source.folder)


def _download(source: Source, folder: str) -> None:
    """Let the registry's own client fetch the archive."""
    if source.registry == "npm":
        command = [tool("npm"), "pack", "--silent", f"{source.package}@{source.version}"]
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", f"{source.package}=={source.version}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"cannot fetch {source.package}: {(done.stderr or done.stdout)[-500:]}")


def tool(*names: str) -> str:
    """Find the first of these commands on PATH."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise FileNotFoundError(f"none of {', '.join(names)} is on PATH")


class _Handler(SimpleHTTPRequestHandler):
    """Serves the packages: keep-alive, cacheable, quiet, and with nothing from other hosts.

    The content security policy is what keeps every tool off the network, in every browser alike.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 60
    local_only = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
    roots: dict[str, str] = {}  # noqa: RUF012 - Server gives each its own

    def translate_path(self, path: str) -> str:
        """Find the file in the package that the first part of the path names."""
        mount, _, rest = path.lstrip("/").partition("/")
        if mount not in self.roots:
            mount, rest = "", path
        self.directory = self.roots.get(mount, os.devnull)
        return super().translate_path("/" + rest)

    def end_headers(self) -> None:
        """Let caches keep the page for an hour."""
        self.send_header("Cache-Control", "max-age=3600")
        self.send_header("Content-Security-Policy", self.local_only)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _QuietServer(ThreadingHTTPServer):
    """A server that does not mind browsers that hang up."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing: a closed connection is a browser's right."""


class Server:
    """The fetched pages on a loopback port, for the time of a ``with`` block."""

    def __init__(self, pages: Iterable[Page] = PAGES) -> None:
        sources = {page.source for page in pages}
        roots = {source.mount: str(source.folder / source.root) for source in sources}
        handler = type("Handler", (_Handler,), {"roots": roots})
        self._server = _QuietServer(("127.0.0.1", 0), handler)

    @cached_property
    def address(self) -> str:
        """The server's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def url(self, page: Page) -> str:
        """Where a browser finds this page."""
        return self.address + page.url_path

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def main() -> None:
    """Fetch the pages and print the table of their sources; with ``--serve``, serve them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--serve", action="store_true", help="serve until interrupted")
    options = parser.parse_args()
    fetch()
    print("| package | version | licence | pages |\n|---|---|---|---:|")
    for source in SOURCES:
        print(f"| {source.package} | {source.version} | {source.licence} | {len(source.pages)} |")
    print(f"\n{len(PAGES)} pages, {len({page.name for page in PAGES})} names")
    if options.serve:
        with Server() as server:
            print("\n".join(server.url(page) for page in PAGES), flush=True)
            threading.Event().wait()


if __name__ == "__main__":
    main()
