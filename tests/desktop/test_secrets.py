"""A typed secret is in no file, whatever the page does with it, and whoever takes the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2 & Söhne"
PAGE = """
<title>form</title><style>*{font:20px sans-serif} body{margin:40px} input{width:400px}
#note{width:60px;height:24px;overflow:visible;white-space:nowrap}</style>
<form id=form><input id=open name=q></form><div id=note contenteditable></div>
<div id=host></div><p id=echo></p>
"""
ROUTES = {
    "the page through the driver": "visualdiff.check(screen.driver, 'page', soft=True)",
    "the field as an element": "visualdiff.check(field, 'field', soft=True)",
    "the whole page": "visualdiff.check(screen.driver, 'page', full_page=True, soft=True)",
    "a field that the page draws anew": '''
        driver.execute_script("""const old = document.getElementById('open');
            const fresh = old.cloneNode(); fresh.value = old.value; old.replaceWith(fresh)""")
        visualdiff.check(screen.driver, "page", soft=True)
        visualdiff.check(screen, "screen", soft=True)''',
    "text that the page repeats": """
        driver.execute_script("echo.textContent = document.getElementById('open').value")
        visualdiff.check(screen.driver, "page", soft=True)
        visualdiff.check(screen, "screen", soft=True)""",
    "a shadow root": '''
        driver.execute_script("""host.attachShadow({mode: 'open'}).innerHTML =
            '<b>' + document.getElementById('open').value.replace('&', '&amp;') + '</b>'""")
        visualdiff.check(screen.driver, "page", soft=True)
        visualdiff.check(screen, "screen", soft=True)''',
    "address, title and text after a search form": """
        driver.execute_script("form.submit()")
        screen.wait_still()
        driver.execute_script(
            "document.title = echo.textContent = new URLSearchParams(location.search).get('q')")
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen.driver, "page", soft=True)""",
    "an error that quotes the address": """
        driver.execute_script("form.submit()")
        screen.wait_still()
        print("now at", driver.current_url)
        raise AssertionError("wrong page: " + driver.current_url)""",
}


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
@pytest.mark.parametrize("route", ROUTES)
def test_no_byte_on_disk_holds_it(
    pytester: pytest.Pytester, site: Any, monkeypatch: pytest.MonkeyPatch, route: str, browser: str
) -> None:
    """Texts are scrubbed, and pictures of pages and screens are painted over."""
    monkeypatch.setenv("SECRET", SECRET)
    body = ROUTES[route].strip("\n")
    pytester.makepyfile(
        "import os\nimport numpy as np\nimport pytest_visualdiff as vd\n"
        "from pytest_visualdiff.images.codec import REDACTED, to_array\n\n"
        "def test_it(visualdiff, visualdiff_screen):\n"
        "        screen = visualdiff_screen\n"
        f"        screen.open({site.page(PAGE)!r}, browser={browser!r})\n"
        "        driver = screen.driver\n"
        "        field = driver.find_element('id', 'open')\n"
        "        screen.click(field)\n"
        "        screen.type(vd.secret(os.environ['SECRET']))\n"
        f"        {body.strip()}\n"
    )
    result = pytester.runpytest_subprocess("-rA", "--junitxml=junit.xml", "-o", "junit_logging=all")
    told = result.stdout.str() + result.stderr.str()
    assert "1 failed" in told
    for spelled in (SECRET, "hunter2", "S%C3%B6hne"):
        assert spelled not in told
        for path in (one for one in pytester.path.rglob("*") if one.is_file()):
            if path.suffix != ".pyc":
                assert spelled.encode() not in path.read_bytes(), path
    checks = list(pytester.path.rglob("*.actual.png"))
    assert len(checks) == body.count("visualdiff.check")
    assert all(painted(path) for path in checks)


def painted(path: Path) -> bool:
    """Whether an area of a picture is painted over."""
    from pytest_visualdiff.images.codec import REDACTED, to_array

    return int((to_array(path)[..., :3] == REDACTED).all(axis=2).sum()) > 300
