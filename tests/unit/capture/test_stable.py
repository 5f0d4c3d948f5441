"""The loop that trusts a picture, over a shooter without any browser."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_visualdiff.capture.stable import (
    DELAYS,
    TOLERANCE,
    Clock,
    Frame,
    Look,
    Settled,
    changes,
    settle,
    shows,
)
from pytest_visualdiff.errors import UnstableTarget
from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.model import Box


def png(level: int = 0, spot: Box | None = None, size: tuple[int, int] = (30, 20)) -> bytes:
    array = np.full((size[1], size[0], 3), 100, np.uint8)
    if spot:
        array[spot.y : spot.bottom, spot.x : spot.right] = 100 + level
    return encode(array)


SPOT = Box(5, 6, 4, 3)
STILL, MOVED = png(), png(90, SPOT)


class Time:
    """A clock that only passes while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds, self.slept = 0.0, list[float]()
        self.clock = Clock(lambda: self.seconds, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept.append(seconds)


@dataclass
class Fake:
    """Plays given frames, repeating the last one; ``looks`` likewise."""

    frames: list[Frame | Exception]
    looks: list[Look] = field(default_factory=lambda: [Look()])
    calls: list[str] = field(default_factory=list)
    restored: deque[object] = field(default_factory=deque)

    def prepare(self) -> Look:
        self.calls.append("prepare")
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def shoot(self) -> Frame:
        self.calls.append("shoot")
        frame = self.frames.pop(0) if len(self.frames) > 1 else self.frames[0]
        if isinstance(frame, Exception):
            raise frame
        return frame

    def blame(self, spots: list[Box]) -> list[str]:
        self.calls.append("blame")
        return ["#spinner"] * len(spots)

    def restore(self) -> object:
        self.calls.append("restore")
        return self.restored.popleft() if self.restored else None


def run(fake: Fake, timeout: float = 5.0, baseline: bytes | None = None) -> tuple[Settled, Time]:
    time = Time()
    return settle(fake, timeout, lambda frame: shows(frame, baseline), time.clock), time


def test_the_baselines_pixels_at_once_need_no_second_shot() -> None:
    fake = Fake([Frame(STILL)])
    settled, time = run(fake, baseline=png())
    assert settled == Settled(Frame(STILL), 1)
    assert fake.calls == ["prepare", "shoot", "restore"]
    assert time.slept == []


def test_a_first_frame_that_is_not_the_baseline_needs_a_second_that_agrees() -> None:
    fake = Fake([Frame(STILL)])
    settled, time = run(fake, baseline=MOVED)
    assert settled.shots == 2
    assert time.slept == [DELAYS[0]]
    assert fake.calls == ["prepare", "shoot"] * 2 + ["restore"]


def test_only_consecutive_frames_count() -> None:
    fake = Fake([Frame(STILL), Frame(MOVED), Frame(STILL), Frame(MOVED), Frame(MOVED)])
    settled, time = run(fake)
    assert (settled.shots, settled.frame.png) == (5, MOVED)
    assert time.slept == list(DELAYS)


def test_a_later_frame_that_happens_to_match_the_baseline_is_not_trusted_at_once() -> None:
    settled, _ = run(Fake([Frame(STILL), Frame(MOVED), Frame(STILL)]), baseline=MOVED)
    assert (settled.shots, settled.frame.png) == (4, STILL)


@pytest.mark.parametrize(("levels", "shots"), [(TOLERANCE, 2), (TOLERANCE + 1, 3)])
def test_frames_agree_by_their_own_tight_tolerance(levels: int, shots: int) -> None:
    settled, _ = run(Fake([Frame(STILL), Frame(png(levels, SPOT))]))
    assert settled.shots == shots


def test_what_changes_under_a_mask_or_outside_the_region_may_go_on() -> None:
    masked = [Frame(one, masks=(SPOT,)) for one in (STILL, MOVED)]
    outside = [Frame(one, region=Box(15, 0, 9, 9)) for one in (STILL, MOVED)]
    for frames in (masked, outside):
        assert run(Fake(list(frames)))[0].shots == 2
        assert run(Fake(list(frames)), baseline=MOVED)[0].shots == 1


def test_frames_of_another_size_do_not_agree() -> None:
    settled, _ = run(Fake([Frame(png(size=(30, 21))), Frame(STILL)]))
    assert settled.shots == 3


def test_a_target_that_is_not_ready_is_asked_again_and_not_shot() -> None:
    fake = Fake([Frame(STILL)], [Look(("font",)), Look(("font",)), Look()])
    run(fake, baseline=STILL)
    assert fake.calls == ["prepare"] * 3 + ["shoot", "restore"]


def test_a_target_that_never_gets_ready_is_named_with_a_frame_and_restored() -> None:
    fake = Fake([Frame(STILL)], [Look(("font Inter is still loading",))])
    with pytest.raises(UnstableTarget, match=r"not ready within 0\.5 s") as caught:
        run(fake, 0.5)
    assert caught.value.culprits == ("font Inter is still loading",)
    assert caught.value.frames == (STILL,)
    assert fake.calls[-1] == "restore"


def test_a_target_that_never_settles_is_named_with_both_frames_and_restored() -> None:
    fake = Fake([Frame(STILL), Frame(MOVED)] * 99)
    with pytest.raises(UnstableTarget, match="never settled within 2 s") as caught:
        run(fake, 2)
    assert caught.value.culprits == (f"`#spinner` keeps changing at {SPOT}",)
    assert set(caught.value.frames) == {STILL, MOVED}
    assert fake.calls[-2:] == ["blame", "restore"]


@pytest.mark.parametrize("look", [Look(notes=("note",)), Look(("late",), notes=("note",))])
def test_what_the_page_notes_is_told_beside_what_never_settled(look: Look) -> None:
    with pytest.raises(UnstableTarget, match="\n  note: note"):
        run(Fake([Frame(STILL), Frame(MOVED)] * 9, [look]), 1)


def test_at_least_two_frames_are_tried_without_any_time() -> None:
    assert run(Fake([Frame(STILL)]), 0)[0].shots == 2
    with pytest.raises(UnstableTarget):
        run(Fake([Frame(STILL), Frame(MOVED)]), 0)


def test_a_changing_size_is_told() -> None:
    with pytest.raises(UnstableTarget, match="changing its size: 30x20, then 30x21"):
        run(Fake([Frame(STILL), Frame(png(size=(30, 21)))]), 0)


def test_places_that_moved_between_two_frames_are_no_agreement() -> None:
    fake = Fake([Frame(STILL)], [Look(places=1), Look(places=2), Look(places=3)])
    fake.restored.append(3)
    assert run(fake)[0].shots == 4


def test_places_that_moved_during_the_shot_are_no_agreement() -> None:
    fake = Fake([Frame(STILL)], [Look(places="here")])
    fake.restored.extend(["there", "here"])
    settled, _ = run(fake, baseline=STILL)
    assert settled.shots == 2


def test_places_that_move_for_ever_end_at_the_deadline() -> None:
    fake = Fake([Frame(STILL)], [Look(places="here")])
    fake.restored.extend(["there"] * 99)
    with pytest.raises(UnstableTarget, match="keeps moving"):
        run(fake, 1, baseline=STILL)


@pytest.mark.parametrize("trouble", [RuntimeError("first"), OSError("gone")])
def test_the_first_trouble_is_told_even_if_restoring_fails_too(trouble: Exception) -> None:
    class Broken(Fake):
        def restore(self) -> object:
            raise ValueError

    with pytest.raises(type(trouble)):
        run(Broken([trouble]))


@pytest.mark.parametrize("baseline", [None, b"", b"no PNG", STILL[:40], png(size=(9, 9))])
def test_a_missing_or_broken_baseline_is_never_trusted(baseline: bytes | None) -> None:
    assert not shows(Frame(STILL), baseline)


def test_changes_are_told_apart_and_the_largest_come_first() -> None:
    array = np.full((120, 200, 3), 100, np.uint8)
    array[10:14, 10:14] = 0
    array[60:90, 100:150] = 0
    after = Frame(encode(array))
    before = Frame(png(size=(200, 120)))
    assert changes(before, after) == [Box(100, 60, 50, 30), Box(10, 10, 4, 4)]


def flickering(level: int, left: int = 9) -> Frame:
    """A dark disc of which some pixels at the rim are drawn in another way."""
    array = np.full((40, 60, 3), 250, np.uint8)
    y, x = np.ogrid[:40, :60]
    for channel in range(3):
        rim = np.clip(12.5 - np.hypot(x - 30, y - 20), 0, 1)
        array[..., channel] = (250 - rim * 180).round()
    array[9:12, left + 15 : left + 17] += np.uint8(level)
    return Frame(encode(array))


def test_a_renderer_that_draws_an_edge_in_one_of_two_ways_is_settled_when_one_returns() -> None:
    one, other = flickering(0), flickering(5)
    settled, _ = run(Fake([one, other, one, other]))
    assert (settled.shots, settled.frame) == (3, one)


def test_a_second_frame_that_is_the_baseline_but_for_rendering_is_settled() -> None:
    one, other = flickering(0), flickering(5)
    settled, _ = run(Fake([one, other, flickering(9)]), baseline=other.png)
    assert (settled.shots, settled.frame) == (2, other)


def test_faint_changes_that_show_something_new_each_time_are_motion() -> None:
    frames = [flickering(5, left) for left in (0, 4, 8, 12, 16)]
    with pytest.raises(UnstableTarget):
        run(Fake([*frames, *reversed(frames)]), timeout=0.4)


def test_what_blinks_for_all_to_see_never_settles() -> None:
    """Also a caret, which the comparison would tolerate."""
    blinking = [flickering(0), Frame(png(150, Box(30, 4, 1, 12), (60, 40)))] * 20
    with pytest.raises(UnstableTarget):
        run(Fake(blinking[:16]), timeout=3)
    caret = np.full((40, 60, 3), 250, np.uint8)
    without = encode(caret)
    caret[10:26, 30:31] = 10
    with pytest.raises(UnstableTarget):
        run(Fake([Frame(without), Frame(encode(caret))] * 8), timeout=3)
