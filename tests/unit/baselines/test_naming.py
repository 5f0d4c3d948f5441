"""From a test, a name and an environment to a path: readable, portable, and never shared."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.errors import InvalidName
from pytest_visualdiff.model import BaselineKey, Environment

HASH = r"[0-9a-f]{10}"
HOSTILE = [
    "..", "../..", "../../etc/passwd", "/etc/passwd", "C:\\windows", "a\\..\\b", "~root", ".hidden",
    "...", "-rf", "trailing.", "trailing ", "a'b\"c", "$(reboot)", "a;b|c&d", "new\nline", "nul\0",
    "tab\t", "x" * 300, "x" * 301, "ä" * 300, "日本", "日本語", "😀", "\ud800", "\u202e", "é",
    "e\u0301", "con", "CON", "con.txt", "aux.x y", "com1", "lpt9.png", "nul ", ".con.x", "", " ",
    "a b", "a-b", "a/b", "a?b", "home", "Home.v2", "home.image", "home-0123456789", "0123456789",
]  # fmt: skip

anything = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.characters(), max_size=12),
    st.text("ab.-/ \\", max_size=6),
)
files = st.lists(
    anything.filter(lambda part: part and "/" not in part), min_size=1, max_size=3
).map(lambda parts: "/".join(parts) + ".py")
variants = st.one_of(
    anything,
    st.builds(
        lambda browser, ratio: Environment(browser, "", "linux", (9, 9), ratio).variant,
        st.sampled_from(["", "chrome", "my.browser"]),
        st.sampled_from([1.0, 1.5, 2.625]),
    ),
)
checks = st.tuples(files, anything, anything, variants)


@given(checks, checks)
@settings(deadline=None, max_examples=400)
@example(("t.py", "a", "x.1", "5x"), ("t.py", "a", "x", "1.5x"))
@example(("t.py", "a", "x.chrome", "v"), ("t.py", "a", "x", "chrome.v"))
@example(("t.py", "a", "x", "v"), ("t.py/x.v.png.py", "a", "x", "v"))
def test_different_checks_have_different_keys(
    first: tuple[str, str, str, str], second: tuple[str, str, str, str]
) -> None:
    assume(first != second)
    assert naming.baseline_key(*first) != naming.baseline_key(*second)


def test_no_two_of_many_hostile_names_share_a_key() -> None:
    """Also not the name of a key's own file, which looks as if it were hashed already."""
    names = [*HOSTILE, *(naming.slug(name) for name in HOSTILE)]
    keys = {naming.baseline_key("t.py", "test", name, "image").path for name in names}
    assert len(keys) == len(set(names))


@given(checks)
@settings(deadline=None, max_examples=200)
def test_a_key_is_a_portable_path_that_leads_nowhere_else(
    check: tuple[str, str, str, str],
) -> None:
    path = naming.baseline_key(*check).path
    parts = path.split("/")
    assert re.fullmatch(r"[A-Za-z0-9._=@+/-]+", path)
    assert path.endswith(".png")
    assert not path.startswith("/")
    for part in parts:
        assert 0 < len(part.encode()) <= 255
        assert part[0] not in ".-"
        assert not part.endswith(".")
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", part)


@pytest.mark.parametrize(
    ("check", "path"),
    [
        (
            ("tests/test_home.py", "test_header", "header", "chrome-linux-1280x800@1x"),
            "tests/test_home/test_header/header.chrome-linux-1280x800@1x.png",
        ),
        (("t.py", "TestA.test_b", "v1.2", "e-linux-1x1@1.5x"),
         "t/TestA.test_b/v1.2.e-linux-1x1@1.5x.png"),
        (("t.txt", "doc", "shot", "image"), "t.txt/doc/shot.image.png"),
        (("a/b.py", "test_b", "shot-2", "image"), "a/b/test_b/shot-2.image.png"),
    ],
)  # fmt: skip
def test_ordinary_names_stay_as_they_are(check: tuple[str, str, str, str], path: str) -> None:
    assert naming.baseline_key(*check).path == path


@given(checks, checks)
@settings(deadline=None, max_examples=200)
@example(("t.py", "a", "x", "image~2"), ("t.py", "a", "x", "image"))
@example(("t.py", "a", "x.image~2", "image"), ("t.py", "a", "x", "image"))
@example(("t.py/a/x.image~2.png", "a", "x", "v"), ("t.py", "a", "x", "image"))
def test_no_check_has_the_key_of_an_alternative(
    first: tuple[str, str, str, str], second: tuple[str, str, str, str]
) -> None:
    """Not of its own, and not of another check's, whatever they are called."""
    key, other = naming.baseline_key(*first), naming.baseline_key(*second)
    assert not {key, other} & {*naming.alternatives(key), *naming.alternatives(other)}
    if key != other:
        assert not {*naming.alternatives(key)} & {*naming.alternatives(other)}
    assert naming.main_key(key) == key


def test_alternatives_lie_beside_their_baseline() -> None:
    key = naming.baseline_key("t.py", "test_a", "home", "chrome-linux-9x9@1.5x")
    found = naming.alternatives(key)
    assert found[0].path == "t/test_a/home.chrome-linux-9x9@1.5x~2.png"
    assert len(found) == naming.MOST_APPROVED - 1
    for one in found:
        assert naming.main_key(one) == key
        assert naming.alternatives(one) == found


@pytest.mark.parametrize("path", ["a~1.png", "a~10.png", "a~2.png.png", "a~2", "a~x.png"])
def test_what_only_looks_like_an_alternative_is_none(path: str) -> None:
    assert naming.main_key(BaselineKey(path)).path == path


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("log in", "log-in-HASH"),
        ("log-in", "log-in"),
        ("../../etc/passwd", "etc-passwd-HASH"),
        ("test_a[dark]", "test_a-dark-HASH"),
        ("日本", "HASH"),
        (".hidden", "hidden-HASH"),
        ("con", "_con-HASH"),
        ("NUL.txt", "_NUL.txt-HASH"),
        ("console", "console"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 80 + "-HASH"),
        ("taken-0123456789", "taken-0123456789-HASH"),
        ("0123456789", "0123456789-HASH"),
        ("", "HASH"),
        ("home~2", "home-2-HASH"),
    ],
)
def test_a_slug_is_readable_and_hashed_only_where_something_was_lost(
    text: str, pattern: str
) -> None:
    assert re.fullmatch(re.escape(pattern).replace("HASH", HASH), naming.slug(text))


def test_a_slug_is_the_same_on_every_run_and_machine() -> None:
    """Baselines are committed: the hash may never change."""
    assert naming.slug("log in") == "log-in-7f0348c1e2"


@pytest.mark.parametrize("name", ["a", "../x", "a'b\"c", "new\nline", "x" * 300, "x" * 1000])
def test_a_name_may_be_nearly_anything(name: str) -> None:
    assert naming.checked_name(name) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (5, "not int"),
        (None, "not NoneType"),
        (b"a", "not bytes"),
        ("x" * 1001, "1001"),
    ],
)
def test_what_cannot_be_a_name_is_refused(name: object, words: str) -> None:
    with pytest.raises(InvalidName, match=words):
        naming.checked_name(name)


@pytest.mark.parametrize(
    ("test_name", "parameter", "rest"),
    [
        ("test_a", "chrome-1x1", "test_a"),
        ("test_a[chrome-1x1]", "chrome-1x1", "test_a"),
        ("test_a[dark-chrome-1x1]", "chrome-1x1", "test_a[dark]"),
        ("test_a[chrome-1x1-dark]", "chrome-1x1", "test_a[dark]"),
        ("test_a[x-chrome-1x1-y]", "chrome-1x1", "test_a[x-y]"),
        ("test_a[x-chrome-1x1-y-chrome-1x1-z]", "chrome-1x1", "test_a[x-y-chrome-1x1-z]"),
        ("test_a[dark]", "", "test_a[dark]"),
        ("test_a[dark-]", "", "test_a[dark-]"),
        ("test_a-chrome-1x1-b", "chrome-1x1", "test_a-chrome-1x1-b"),
        ("test_a[dark]", "chrome-1x1", "test_a[dark]"),
        ("test_a[a[b]-chrome-1x1]", "chrome-1x1", "test_a[a[b]]"),
        ("test_a[mychrome-1x1]", "chrome-1x1", "test_a[mychrome-1x1]"),
        ("test_chrome-1x1", "chrome-1x1", "test_chrome-1x1"),
    ],
)
def test_the_variants_own_parameter_is_taken_out_of_a_test_name(
    test_name: str, parameter: str, rest: str
) -> None:
    assert naming.without_parameter(test_name, parameter) == rest
