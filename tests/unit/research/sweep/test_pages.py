"""Which pages, faults and fonts a split of the sweep benchmark has, and what a place is named."""

from __future__ import annotations

import pytest

# research/ is importable from the project's folder (python -m pytest), not from an sdist.
pages = pytest.importorskip("research.sweep.pages", exc_type=ModuleNotFoundError)
engine = pytest.importorskip("research.sweep.engine", exc_type=ModuleNotFoundError)


def test_no_package_is_tuned_on_and_untouched() -> None:
    packages = {
        split: {page.source.package for page in pages.pages_of(split)} for split in pages.SPLITS
    }
    untouched = packages.pop("untouched")
    assert untouched
    assert not untouched & set.union(*packages.values())


def test_no_two_splits_share_a_seed() -> None:
    assert len(set(pages.SEEDS.values())) == len(pages.SEEDS)


@pytest.mark.parametrize(
    ("split", "seed", "own_fonts"),
    [("tuning", 6, False), ("tuning-9", 9, False), ("untouched-machine", 20_261_125, True)],
)
def test_a_split_may_have_another_seed_or_the_fonts_of_the_machine(
    split: str,
    seed: int,
    own_fonts: bool,
) -> None:
    assert (pages.seed_of(split), pages.has_own_fonts(split)) == (seed, own_fonts)
    assert pages.pages_of(split) == pages.SPLITS[split.partition("-")[0]]


def test_every_scene_has_a_name_of_its_own() -> None:
    names = [scene.name for split in pages.SPLITS for scene in pages.scenes(split)]
    assert len(set(names)) == len(names)


def test_a_place_in_the_picture_is_named_by_the_element_most_like_it() -> None:
    boxes = {"html": (0, 0, 500, 500), "card": (10, 10, 100, 50), "icon": (12, 12, 8, 8)}
    assert engine.covered((9, 11, 100, 50), boxes) == "card"
    assert engine.covered((13, 12, 7, 8), boxes) == "icon"
    assert engine.covered((0, 0, 1, 1), {}) == ""
