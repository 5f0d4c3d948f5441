"""Which checks of a run a command is about: by id, expression, group, browser and kind. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.model import Kind
from pytest_visualdiff.text import counted, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pytest_visualdiff.model import Cause, Verdict
    from pytest_visualdiff.runs.groups import Group

_WORD = re.compile(r"\s*(\(|\)|[^\s()]+)")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to choose: each filter that is set must fit; of the values of one, any."""

    ids: tuple[str, ...] = ()
    """Node ids, ids of checks, baselines, or patterns of them with ``*`` and ``?``."""
    expression: str = ""
    """As pytest's ``-k``: parts of ids with ``and``, ``or``, ``not`` and brackets."""
    groups: tuple[str, ...] = ()
    """Ids of groups, or their beginnings."""
    browsers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    """Causes, as selector, property or both, such as ``#buy margin-top``."""
    below: str = ""
    """Folder of the project that the command is run in: node ids may be relative to it."""

    def __bool__(self) -> bool:
        return any((self.ids, self.expression, self.groups, self.browsers, self.kinds, self.causes))


def chosen(
    checks: Mapping[str, Verdict], wanted: Selection, groups: Callable[[], Sequence[Group]]
) -> dict[str, Verdict]:
    """The checks that fit; ``groups`` is asked only where it matters.

    Raises ``UsageError`` where nothing fits, and for an expression that is none.
    """
    found = dict(checks)
    if wanted.ids:
        found = _by_ids(found, wanted)
    if wanted.groups:
        members = set(_members(groups(), wanted.groups))
        found = {id_: one for id_, one in found.items() if id_ in members}
    if wanted.browsers:
        browsers = {id_: browser_of(one) for id_, one in checks.items()}
        _known("browser", wanted.browsers, {*browsers.values()} - {""})
        found = {id_: one for id_, one in found.items() if browsers[id_] in wanted.browsers}
    if wanted.kinds:
        seen = {kind for one in checks.values() for kind in kinds_of(one)}
        _known("kind", wanted.kinds, {*map(str, Kind), "new", *seen})
        found = {id_: one for id_, one in found.items() if kinds_of(one) & {*wanted.kinds}}
    if wanted.causes:
        found = _by_causes(found, wanted.causes)
    if wanted.expression:
        fits = expression(wanted.expression)
        found = {id_: one for id_, one in found.items() if fits(f"{id_} {one.variant}")}
    if wanted and not found:
        raise UsageError(_nothing_fits(checks, wanted))
    return found


def _nothing_fits(checks: Mapping[str, Verdict], wanted: Selection) -> str:
    if not checks:
        return "this run made no checks"
    words = [word for word in _WORD.findall(wanted.expression) if word not in _OPERATORS]
    known = {part for one in checks.values() for part in _parts(one)}
    text = " ".join(known).casefold()
    unknown = [word for word in words if word.casefold() not in text]
    hints = [hint for word in unknown if (hint := nearest(word, known))]
    what = f"-k {wanted.expression!r}" if wanted.expression else "all that was asked for"
    return f"{what} fits none of the {counted(len(checks), 'check')} of this run" + (
        f": {hints[0]}" if hints else "; see 'visualdiff status'"
    )


_OPERATORS = ("and", "or", "not", "(", ")")


def _parts(verdict: Verdict) -> set[str]:
    """What a selection may have meant of a check: its file, class, function and name."""
    test = verdict.test.partition("[")[0]
    return {verdict.test, test, verdict.name, *test.split("::")}


def browser_of(verdict: Verdict) -> str:
    """The browser that the picture was made in; empty for a ready-made one."""
    return str(verdict.environment.get("browser", ""))


def kinds_of(verdict: Verdict) -> set[str]:
    """The kinds of difference that were seen; ``new`` for a picture without a baseline."""
    found = {one.kind.value for one in verdict.differences}
    found |= {str(one["kind"]) for one in verdict.sweep.get("findings", ())}
    return found or ({"new"} if verdict.after and not verdict.before else set())


def expression(text: str) -> Callable[[str], bool]:
    """A test of an id, as pytest's ``-k`` writes it; raises ``UsageError``."""
    words = _WORD.findall(text)
    if not words or "".join(words) != "".join(text.split()):
        raise UsageError(f"-k {text!r} is no expression")
    fits, rest = _either(words, text)
    if rest:
        raise UsageError(f"-k {text!r}: {rest[0]!r} was not expected")
    return lambda id_: fits(id_.casefold())


def _either(words: Sequence[str], text: str) -> tuple[Callable[[str], bool], Sequence[str]]:
    first, words = _both(words, text)
    if words and words[0] == "or":
        second, words = _either(words[1:], text)
        return (lambda id_: first(id_) or second(id_)), words
    return first, words


def _both(words: Sequence[str], text: str) -> tuple[Callable[[str], bool], Sequence[str]]:
    first, words = _one(words, text)
    if words and words[0] == "and":
        second, words = _both(words[1:], text)
        return (lambda id_: first(id_) and second(id_)), words
    return first, words


def _one(words: Sequence[str], text: str) -> tuple[Callable[[str], bool], Sequence[str]]:
    if not words or words[0] in ("and", "or", ")"):
        raise UsageError(f"-k {text!r}: something is missing before {' '.join(words[:1])!r}")
    word, words = words[0], words[1:]
    if word == "not":
        inner, words = _one(words, text)
        return (lambda id_: not inner(id_)), words
    if word == "(":
        inner, words = _either(words, text)
        if not words or words[0] != ")":
            raise UsageError(f"-k {text!r}: a bracket is not closed")
        return inner, words[1:]
    part = word.casefold()
    return (lambda id_: part in id_), words


def _by_ids(checks: Mapping[str, Verdict], wanted: Selection) -> dict[str, Verdict]:
    found: set[str] = set()
    for id_ in wanted.ids:
        fitting = _fitting(checks, id_)
        if not fitting and wanted.below:
            fitting = _fitting(checks, f"{wanted.below}/{id_.removeprefix('./')}")
        if not fitting:
            hint = nearest(id_, {part for one in checks.values() for part in _parts(one)})
            raise UsageError(
                f"{id_!r} fits no check of this run" + (f": {hint}" if hint else "")
                + "; see 'visualdiff status'"
            )  # fmt: skip
        found |= fitting
    return {id_: one for id_, one in checks.items() if id_ in found}


def _fitting(checks: Mapping[str, Verdict], wanted: str) -> set[str]:
    """Checks with exactly that node id, id or baseline; else those below it, as pytest means it:
    of a folder, a file, a class or a test with parameters; else those that the pattern fits.
    """
    names = {
        id_: (one.test, one.id, id_, *([one.key] if one.key else ())) for id_, one in checks.items()
    }
    exact = {id_ for id_, some in names.items() if wanted in some}
    if exact:
        return exact
    path = wanted.removeprefix("./").rstrip("/")
    below = {
        id_
        for id_, one in checks.items()
        if path == "." or one.test.startswith((f"{path}/", f"{path}::", f"{path}["))
    }
    pattern = path.replace("[", "[[]")
    return below or {
        id_
        for id_, some in names.items()
        if any(fnmatchcase(name, one) for name in some for one in (pattern, f"{pattern}::*"))
    }


def _members(groups: Sequence[Group], wanted: Sequence[str]) -> Iterator[str]:
    for name in wanted:
        fitting = [one for one in groups if one.id.startswith(name)]
        if len(fitting) != 1:
            problem = f"{len(fitting)} groups begin with" if fitting else "no group is named"
            raise UsageError(f"{problem} {name!r}; see 'visualdiff status --groups'")
        yield from fitting[0].members


def _by_causes(checks: Mapping[str, Verdict], wanted: Sequence[str]) -> dict[str, Verdict]:
    """The checks of which each difference has one of the causes.

    A check that differs in more is left out: whoever decides on the cause did not look at that.
    """
    having = {
        id_: [any(_names(cause, wanted) for cause in one.causes) for one in verdict.differences]
        for id_, verdict in checks.items()
    }
    found = {id_: one for id_, one in checks.items() if having[id_] and all(having[id_])}
    if found:
        return found
    partly = [id_ for id_, each in having.items() if any(each)]
    if partly:
        raise UsageError(
            f"{counted(len(partly), 'check')} with that cause differ in more than it, as does"
            f" {partly[0]!r}: look at them, and name them by their ids"
        )
    there = {cause for one in checks.values() for d in one.differences for cause in d.causes}
    names = {f"{one.selector} {one.name}".strip() for one in there}
    hint = nearest(wanted[0], names) or ", ".join(sorted(names)[:5]) or "it knows no causes"
    raise UsageError(f"no cause {wanted[0]!r} in this run: {hint}")


def _names(cause: Cause, wanted: Sequence[str]) -> bool:
    """Whether one of the texts means the cause: its selector, its property, both, or its words."""
    words = (cause.selector, cause.name, f"{cause.selector} {cause.name}", cause.message)
    return any(text.strip() in words for text in wanted if text.strip())


def _known(what: str, wanted: Sequence[str], there: set[str]) -> None:
    for name in wanted:
        if name not in there:
            known = ", ".join(sorted(there)) or "none"
            raise UsageError(f"no {what} {name!r} in this run; it has {known}")
