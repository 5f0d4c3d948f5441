"""Which pages are swept: a URL, a file, a list, a sitemap, or the links of a page."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.errors import InvalidValue, UsageError
from pytest_visualdiff.sweep import crawl

if TYPE_CHECKING:
    from pathlib import Path


def test_a_url_stays_as_it_is_and_a_file_becomes_one(tmp_path: Path) -> None:
    page = tmp_path / "a b.html"
    page.write_text("")
    assert crawl.address("https://site/a?b") == "https://site/a?b"
    assert crawl.address(str(page)) == page.as_uri()


@pytest.mark.parametrize(
    "text", ["", "nowhere.html", "javascript:alert(1)", "http://", "ftp://a/b"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="neither a URL"):
        crawl.address(text)


def test_a_list_has_one_address_a_line(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("# pages\nhttp://site/a\n\n  http://site/b  \n")
    assert crawl.from_file(str(tmp_path / "list")) == ["http://site/a", "http://site/b"]
    with pytest.raises(UsageError, match="cannot read the addresses"):
        crawl.from_file(str(tmp_path / "none"))


PAGES = (
    "<urlset><url><loc> http://site/?a=1&amp;b=2 </loc></url><url><loc>http://site/c</loc></url>"
)


@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_names_pages(tmp_path: Path, *, packed: bool) -> None:
    data = PAGES.encode()
    (tmp_path / "map").write_bytes(gzip.compress(data) if packed else data)
    found = crawl.from_sitemap(str(tmp_path / "map"))
    assert found == ["http://site/?a=1&b=2", "http://site/c"]


def test_an_index_of_sitemaps_is_followed(tmp_path: Path) -> None:
    (tmp_path / "one").write_text(PAGES)
    index = f"<sitemapindex><sitemap><loc>{tmp_path / 'one'}</loc></sitemap></sitemapindex>"
    (tmp_path / "index").write_text(index)
    assert len(crawl.from_sitemap(str(tmp_path / "index"))) == 2


@pytest.mark.parametrize("text", ["", "<html>", "<urlset></urlset>", "\x1f\x8bbroken"])
def test_a_sitemap_without_pages_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "map").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="sitemap"):
        crawl.from_sitemap(str(tmp_path / "map"))


def test_entities_of_others_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><loc>http://site/&x;</loc>'
    (tmp_path / "map").write_text(bomb)
    assert crawl.from_sitemap(str(tmp_path / "map")) == ["http://site/&x;"]


def test_links_are_followed_within_the_origin_to_pages_alone() -> None:
    links = ["http://site/a#top", "http://site/a", "http://other/b", "https://site/c",
             "http://site/file.PDF", "mailto:x@site", "http://site:81/d"]  # fmt: skip
    found = list(dict.fromkeys(crawl.followed(links, "http://site/start")))
    assert found == ["http://site/a"]
