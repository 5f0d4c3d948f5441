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
    "a frame": """
        driver.execute_script(
            "const frame = document.createElement('iframe'); frame.onload = () =>"
            " { frame.contentDocument.body.textContent = document.getElementById('open').value;"
            " document.getElementById('form').remove() }; document.body.append(frame)")
        screen.wait_still()
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen.driver, "page", soft=True)""",
    "a frame of another origin": """
        driver.execute_script(
            "const frame = document.createElement('iframe');"
            " frame.src = 'data:text/html;charset=utf-8,<p>' + encodeURIComponent("
            "   document.getElementById('open').value.replace('&', '&amp;'));"
            " document.body.append(frame); document.getElementById('form').remove()")
        screen.wait_still()
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen.driver, "page", soft=True)""",
    "a picture that is taken inside of a frame": """
        driver.execute_script(
            "const frame = document.createElement('iframe'); document.body.append(frame)")
        driver.switch_to.frame(0)
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen, "again", soft=True)
        driver.find_element("css selector", "body")""",
    "text that flows out of its field": """
        screen.click(driver.find_element("id", "note"))
        screen.type(vd.secret(os.environ["SECRET"]))
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen.driver, "page", soft=True)""",
    "an option, a placeholder and text in pieces": """
        driver.execute_script(
            "const it = document.getElementById('open').value.replace('&', '&amp;');"
            "document.getElementById('form').remove();"
            "document.getElementById('echo').innerHTML = `<select><option value=1>${it}</option>"
            "</select><input placeholder='${it}'><p><b>${it.slice(0, 5)}</b>${it.slice(5)}</p>`")
        visualdiff.check(screen.driver, "page", soft=True)
        visualdiff.check(screen, "screen", soft=True)""",
    "a field that is filled again after a reload": """
        driver.execute_script("form.submit()")
        screen.wait_still()
        screen.press("f5")
        screen.wait_still()
        driver.execute_script(
            "document.getElementById('open').value = new URLSearchParams(location.search).get('q')")
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen.driver, "page", soft=True)""",
    "a field that is filled again after going back": """
        driver.execute_script("form.submit()")
        screen.wait_still()
        screen.press("alt", "left")
        screen.wait_still()
        visualdiff.check(screen, "screen", soft=True)
        visualdiff.check(screen, "again", soft=True)""",
    "what the browser remembers of a form": """
        driver.execute_script("form.submit()")
        screen.wait_still()
        screen.click(driver.find_element("id", "open"))
        screen.press("down")
        screen.press("down")
        visualdiff.check(screen, "screen", soft=True)""",
    "a field that moves while it is looked at": """
        driver.execute_script(
            "const it = document.getElementById('open'); let at = 0;"
            "it.style.position = 'relative';"
            "const move = setInterval(() => { it.style.top = (at = (at + 3) % 90) + 'px';"
            " if (Date.now() > window.end) clearInterval(move) }, 20);"
            "window.end = Date.now() + 1500")
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
