"""``visualdiff calibrate`` on real pages in a real browser: stable, dithered, restless."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.cli.command_line import main

if TYPE_CHECKING:
    from pathlib import Path

    from capture_support import Site

PAGE = (
    "<h1 style='margin:20px'>Pricing</h1><p style='margin:20px'>A free trial of thirty days.</p>"
    "<button style='margin:20px;padding:10px 30px;background:#2f6fed;border:0'>Buy</button>"
)
DITHER = (
    PAGE + "<canvas id=c width=90 height=60></canvas><script>const x=c.getContext('2d'),"
    "d=x.createImageData(90,60);for(let i=0;i<d.data.length;i+=4){const n=150+"
    "Math.floor(Math.random()*5)-2;d.data.set([n,n,n,255],i)}x.putImageData(d,0,0)</script>"
)
RANDOM = (
    PAGE + "<div id=ad style='width:90px;height:60px'></div><script>"
    "ad.style.background=`hsl(${Math.random()*360} 80% 50%)`</script>"
)

ANIMATED = (
    PAGE + "<canvas id=live width=90 height=60></canvas><script>const x=live.getContext('2d');"
    "let t=0;(function f(){x.fillStyle=`hsl(${t+=40} 80% 50%)`;x.fillRect(0,0,90,60);"
    "requestAnimationFrame(f)})()</script>"
)


def calibrate(url: str, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    file = folder / "calibration.json"
    status = main(["calibrate", url, "--viewport=400x300", "--shots=3", f"--json={file}", *more])
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return status, data


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_stable_page_is_called_so_and_keeps_its_limits(
    site: Site, tmp_path: Path, browser: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "plot.svg"
    url = site.page(PAGE)
    status, data = calibrate(url, tmp_path, f"--browser={browser}", f"--plot={plot}", "--fresh")
    assert (status, data["outcome"], data["options"]) == (0, "stable", {})
    assert data["series"][0]["title"].startswith(f"{browser}-")
    assert data["series"][0]["different_pictures"] == 1
    said = capsys.readouterr()
    assert "perfectly stable" in said.out
    assert "3 browser processes" in said.out
    assert said.err == ""
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_dither_that_changes_with_each_load_stays_below_the_limits(
    site: Site, tmp_path: Path
) -> None:
    status, data = calibrate(site.page(DITHER), tmp_path)
    (series,) = data["series"]
    assert (status, data["outcome"]) == (0, "quiet")
    assert series["different_pictures"] == 3
    assert 0 < series["noise"]["most_delta_e"] < 2
    assert series["noise"]["spots"][0]["selector"] == "#c"
    assert series["present"]["differing_pairs"] == 0


def test_a_box_of_random_colour_is_to_be_masked_by_its_selector(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.page(RANDOM)
    status, data = calibrate(url, tmp_path)
    assert (status, data["outcome"], data["masks"]) == (1, "masks", ["'#ad'"])
    assert data["series"][0]["proposed"]["differing_pairs"] == 0
    assert "mask=['#ad']" in capsys.readouterr().out
    status, data = calibrate(url, tmp_path, "--mask=#ad")
    assert (status, data["outcome"]) == (0, "quiet")


def test_an_animation_is_named_with_the_flags_that_hold_it(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.page(ANIMATED)
    assert main(["calibrate", url, "--viewport=400x300", "--shots=2", "--timeout=1"]) == 1
    said = capsys.readouterr().err
    assert "#live" in said
    assert "--mask SELECTOR" in said
    status, data = calibrate(url, tmp_path, "--mask=#live")
    assert (status, data["outcome"]) == (0, "quiet")


def test_a_page_that_cannot_be_loaded_is_trouble_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["calibrate", "http://127.0.0.1:9/", "--shots=2"]) == 1
    assert "cannot open http://127.0.0.1:9/" in capsys.readouterr().err


def test_a_selector_that_matches_nothing_is_trouble(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", site.page(PAGE), "--shots=2", "--selector=#nothing"]) == 1
    assert "no such target" in capsys.readouterr().err
