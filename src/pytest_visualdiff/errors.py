"""Every error this package raises, drawn as a tree.

Three families never mix: a picture that could not be *captured*, a baseline that could not be
*stored or read*, and a picture that was compared and *differs*.

    VisualDiffError
    ├── UsageError (ValueError)       the call, marker, ini key or flag is wrong
    │   ├── UnknownOption             no option of that name; the nearest one is named
    │   ├── InvalidValue              a value outside its type or range
    │   ├── InvalidName               a name that cannot name a baseline
    │   ├── DuplicateName             the same name twice in one test
    │   └── Untypeable                a text that neither keys nor the clipboard can type
    ├── CaptureError                  no trustworthy picture of the target could be made
    │   ├── BrowserUnavailable        the browser or its driver cannot start
    │   ├── BrowserDied               the browser or its driver ended during a test
    │   ├── ViewportRefused           the window cannot take the wanted inner size
    │   ├── WindowClosed              the window of the target is closed
    │   ├── AlertOpen                 a JavaScript dialog covers the page
    │   ├── PageTimeout               the page did not answer in time
    │   ├── PageNotShown              another page than the one asked for, or none
    │   ├── TargetNotFound            a selector or element that matches nothing
    │   ├── AmbiguousTarget           a locator that matches several elements
    │   ├── EmptyTarget               an element, mask or region of zero size
    │   ├── TargetCovered             something else lies over an element and hides it
    │   ├── UnstableTarget            no two consecutive frames agreed
    │   ├── ScreenUnavailable         there is no display, or none that can be used
    │   ├── ScreenBusy                another test holds the real desktop
    │   ├── ScreenLost                the display ended during a test
    │   ├── ScreenResized             the screen is no longer as large as when it was searched
    │   ├── WindowCovered             another window lies over the wanted place
    │   ├── EmergencyStop             the pointer was moved into a corner of the screen
    │   └── UnsupportedTarget (TypeError) no adapter can make a picture of such an object
    ├── ImageError (ValueError)       bytes that are not a usable image
    │   ├── BrokenImage               truncated, not a PNG, or of an unknown format
    │   └── ImageTooLarge             more pixels than allowed (a decompression bomb)
    ├── StoreError                    a baseline cannot be read or written
    │   ├── BaselineUnreadable        the baseline file is there, but is no image
    │   ├── BaselineNotWritten        the folder or the disk refused the new baseline
    │   ├── BaselineChanged           the baseline is no longer the one that was seen
    │   ├── LogUnreadable             the log of approvals is damaged
    │   ├── LayoutUnreadable (ValueError) a file that is no page layout
    │   └── RunUnreadable             a run folder that is missing, foreign or of another schema
    │       └── ArtifactRefused       a zip that is no run, or that is unsafe to unpack
    ├── NothingCompared               masks or regions left no pixel to compare
    ├── UnexpectedError               an exception of another library ended the check
    ├── OpenCVUnavailable (ImportError) OpenCV is not installed, or lacks a system library
    └── LocateError                   a template cannot be found, or cannot be searched for
        ├── TemplateNotFound          no place looks like the template; carries the best one
        ├── AmbiguousTemplate         several places look like it equally well
        ├── FlatTemplate              a template without anything drawn in it fits everywhere
        ├── TemplateMissing           no template file of that name
        ├── TemplateStillThere        the template should be gone, but is still on the screen
        └── StepsFailed               soft steps on a screen failed; carries their errors

    VisualDifference (AssertionError) raised to pytest: the page looks different
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.model import Match, Verdict


class VisualDiffError(Exception):
    """Anything that went wrong, other than a visual difference."""


class OpenCVUnavailable(VisualDiffError, ImportError):
    """OpenCV cannot be imported; the message has the commands that mend it."""


class UnexpectedError(VisualDiffError):
    """An exception of another library, or of a target of the test's own, ended the check.

    The original is the cause (``__cause__``). Nothing was compared.
    """


class UsageError(VisualDiffError, ValueError):
    """The call, marker, ini key or flag is wrong."""


class UnknownOption(UsageError):
    """No option of that name."""


class InvalidValue(UsageError):
    """A value outside its type or range."""


class InvalidName(UsageError):
    """A name that cannot name a baseline."""


class DuplicateName(UsageError):
    """The same name twice in one test."""


class Untypeable(UsageError):
    """A text that neither keys nor the clipboard can type; nothing of it was typed."""


class CaptureError(VisualDiffError):
    """No trustworthy picture of the target could be made."""


class BrowserUnavailable(CaptureError):
    """The browser or its driver cannot start; the message says what to install."""


class BrowserDied(CaptureError):
    """The browser or its driver ended during a test."""


class ViewportRefused(CaptureError):
    """The window cannot take the wanted inner size."""


class WindowClosed(CaptureError):
    """The window of the target is closed."""


class AlertOpen(CaptureError):
    """A JavaScript dialog covers the page."""


class PageTimeout(CaptureError):
    """The page did not answer in time."""


class PageNotShown(CaptureError):
    """The browser shows another page than the one that was asked for, or none."""


class TargetNotFound(CaptureError):
    """A selector or element that matches nothing."""


class AmbiguousTarget(CaptureError):
    """A locator that matches several elements, where one is meant."""


class EmptyTarget(CaptureError):
    """An element, mask or region of zero size."""


class TargetCovered(CaptureError):
    """Something else lies over an element and hides it; the message says what."""


class UnstableTarget(CaptureError):
    """No two consecutive frames agreed before the deadline.

    ``frames`` holds the PNG bytes of the last frames, the oldest first (empty if the page never
    became ready). ``culprits`` names what kept changing or never finished loading.
    """

    def __init__(
        self, message: str, *, culprits: Sequence[str] = (), frames: Sequence[bytes] = ()
    ) -> None:
        super().__init__(message)
        self.culprits = tuple(culprits)
        self.frames = tuple(frames)


class ScreenUnavailable(CaptureError):
    """There is no display, or none that can be used; the message says what to install or set."""


class ScreenBusy(CaptureError):
    """Another test holds the real desktop, and did not release it in time."""


class ScreenLost(CaptureError):
    """The display ended during a test."""


class ScreenResized(CaptureError):
    """The screen has another size than when it was searched, so the place may be wrong."""


class WindowCovered(CaptureError):
    """Another window lies over the wanted place."""


class EmergencyStop(CaptureError):
    """Somebody moved the pointer into a corner of the screen, which stops the test."""


class UnsupportedTarget(CaptureError, TypeError):
    """No adapter can make a picture of such an object."""


class ImageError(VisualDiffError, ValueError):
    """Bytes that are not a usable image."""


class BrokenImage(ImageError):
    """Truncated, empty, or of an unknown format."""


class ImageTooLarge(ImageError):
    """More pixels than allowed (a decompression bomb)."""


class StoreError(VisualDiffError):
    """A baseline or a run folder cannot be read or written."""


class BaselineUnreadable(StoreError):
    """The baseline file is there, but is no image."""


class BaselineNotWritten(StoreError):
    """The folder or the disk refused the new baseline; the old one is untouched."""


class BaselineChanged(StoreError):
    """The baseline is no longer the one that was seen."""


class LogUnreadable(StoreError):
    """The log of approvals is damaged; nothing is added to it until it is repaired."""


class RunUnreadable(StoreError):
    """A run folder that is missing, foreign, or of another schema."""


class ArtifactRefused(RunUnreadable):
    """A zip that is no run, or that would write outside of its folder or fill the disk."""


class LayoutUnreadable(StoreError, ValueError):
    """A file, or data, that is not a page layout of this version."""


class NothingCompared(VisualDiffError):
    """Masks or regions left no pixel to compare, so there is no result."""


class LocateError(VisualDiffError):
    """A template cannot be found, or cannot be searched for; never a visual difference."""


class TemplateNotFound(LocateError):
    """No place of the screen looks like the template.

    ``best`` is the best candidate, a ``Match`` below the required confidence. It is None if no
    place could be compared at all (the template is larger than the screen). ``screen`` holds the
    PNG bytes of the whole picture if a screen was searched, ``tried`` the names of the templates,
    ``waited`` the seconds that the search took.
    """

    def __init__(
        self,
        message: str,
        *,
        best: Match | None = None,
        picture: Callable[[], bytes] = lambda: b"",
    ) -> None:
        super().__init__(message)
        self.best = best
        self.screen = b""
        self.tried: tuple[str, ...] = ()
        self.waited = 0.0
        self._picture = picture

    def picture(self) -> bytes:
        """PNG bytes: the template and the best candidate side by side; empty without one."""
        return self._picture()


class AmbiguousTemplate(LocateError):
    """Several places look like the template equally well; ``matches`` names them, best first."""

    def __init__(self, message: str, *, matches: Sequence[Match] = ()) -> None:
        super().__init__(message)
        self.matches = tuple(matches)


class FlatTemplate(LocateError):
    """A template of one colour, or fully transparent: it would fit every flat place."""


class TemplateMissing(LocateError):
    """No template file of that name, or a folder without any; the message has the nearest name."""


class TemplateStillThere(LocateError):
    """The template should be gone, but is still on the screen; ``match`` is its place."""

    def __init__(self, message: str, *, match: Match) -> None:
        super().__init__(message)
        self.match = match


class StepsFailed(LocateError):
    """Soft steps on a screen failed; ``errors`` are their errors, in order."""

    def __init__(self, message: str, *, errors: Sequence[VisualDiffError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


class VisualDifference(AssertionError):
    """The page looks different from its baseline, or has none; ``verdicts`` has the details."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self.verdicts = tuple(verdicts)
        super().__init__("\n\n".join(verdict.message for verdict in verdicts))
