"""Attacks on decisions, made by seeded generators, and what would be harm.

Each attack works on a project of its own in a temporary folder, through the real command. It is
*survived* where the command ends in good order; it did *harm* where a baseline became what nobody
chose, a file elsewhere changed, a decision was lost, or the command broke down.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import random
import shutil
import stat
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from pytest_visualdiff import files
from pytest_visualdiff.baselines import audit_log
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.review.server import RequestGuard, application
from pytest_visualdiff.review.server import Review as ReviewPage
from runs import Review, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEXTS = (
    "\x1b[2J\x1b]0;x\x07", "a\n::error::x", "a\r\n##[error]x", "\n2026-01-01  approve     k.png  a → b",  # noqa: E501
    "\u2028x", "\u202eevil", "a\tb", "' && rm -rf ~", "`id`", "<script>", "%0A::error::x", "é😀",
)  # fmt: skip
"""Texts that try to be a line, a command or an escape sequence."""

VALUES: tuple[Any, ...] = (
    None, True, 5, -1, 2**70, 1.5, float("nan"), float("inf"), "", "\0", "../../x.png", "/etc/passwd",  # noqa: E501
    "\ud800", "a" * 5000, [], [1], ["x", None], {}, {"x": 1}, [[[[]]]], {"value": {"a": [1, {}]}},
    *TEXTS,
)  # fmt: skip
"""Values of other types, sizes and meanings than a field has."""


@dataclass
class Count:
    """What came of the attacks of one kind."""

    tried: int = 0
    survived: int = 0
    harm: list[str] = field(default_factory=list)


@contextlib.contextmanager
def project(folder: Path | None = None) -> Iterator[Review]:
    """A project with checks that wait, in a folder of its own, which is the current one."""
    before, folder = Path.cwd(), folder or Path(tempfile.mkdtemp(prefix="hostile-"))
    work = folder / "project"
    work.mkdir()
    os.chdir(work)
    try:
        yield Review(work)
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def command(*arguments: str) -> tuple[int, str]:
    """Exit status and output of a command; -1 and the error where it broke down."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return main(arguments), said.getvalue()
    except SystemExit as error:
        return int(error.code or 0), said.getvalue()
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return -1, f"{said.getvalue()}{type(error).__name__}: {error}"


def tree(folder: Path) -> dict[str, bytes]:
    """All files but what runs and locks leave."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {".visualdiff", files.HIDDEN} & {*path.relative_to(folder).parts}
    }


# --- artifacts ----------------------------------------------------------------------------------


def _edit(source: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = next(source.glob("*/run.json"))
    data = json.loads(path.read_bytes())
    change(data)
    path.write_text(json.dumps(data))


def _picture_of(source: Path, at: int) -> Path:
    path = next(source.glob("*/run.json"))
    return path.parent / str(json.loads(path.read_bytes())["checks"][at]["actual"])


def _repaint(source: Path, at: int, data: bytes) -> None:
    """Another picture for a check, with the digest that fits."""
    _picture_of(source, at).write_bytes(data)
    _edit(source, lambda run: run["checks"][at].update(after=png_file.digest(data)))


def _claims(rng: random.Random) -> dict[str, str]:
    boxes = json.dumps([[0, 0, rng.randrange(1, 9**4), 9**4]])
    return {"shot": "a" * 64, "data": "b" * 64, "masks": boxes, "options": '{"threshold": 9}'}


def artifact_attacks() -> dict[str, Callable[[Path, random.Random], None]]:  # noqa: C901 - a table
    """Name -> what is done to the folder of a run before it is packed."""
    keys = ("t/test_two/two.image.png", "../x.png", "approvals.jsonl", "/tmp/x.png", "t/a\0.png")

    def at(rng: random.Random) -> int:
        return rng.randrange(4)

    def texts(folder: Path, rng: random.Random) -> None:
        one = at(rng)
        _repaint(folder, one, png_file.with_text(picture(rng.randrange(200, 250)), _claims(rng)))

    def animated(folder: Path, rng: random.Random) -> None:
        data, one = picture(rng.randrange(200, 250)), at(rng)
        extra = png_file.chunk(b"acTL", bytes(8)) + png_file.chunk(b"iCCP", b"x\0\0")
        _repaint(folder, one, data[:33] + extra + data[33:])

    def undecodable(folder: Path, rng: random.Random) -> None:
        _repaint(folder, at(rng), png_file.written(6, 6, 3, b"no deflate"))

    def swapped(folder: Path, rng: random.Random) -> None:
        _picture_of(folder, at(rng)).write_bytes(picture(rng.randrange(200, 250)))

    def key(folder: Path, rng: random.Random) -> None:
        one, other = at(rng), rng.choice(keys)
        _edit(folder, lambda run: run["checks"][one].update(key=other))

    def baseline_dir(folder: Path, rng: random.Random) -> None:
        where = rng.choice(("..", "../.git", "/tmp", "../../elsewhere", "", "a\0b"))
        _edit(folder, lambda run: run.update(baseline_dir=where))

    def twice(folder: Path, rng: random.Random) -> None:
        one = at(rng)
        _edit(folder, lambda run: run["checks"].append({**run["checks"][one], "after": "0" * 64}))

    def deep(folder: Path, _: random.Random) -> None:
        next(folder.glob("*/run.json")).write_text('{"schema": 1, "x": ' + "[" * 99_999)

    def gone(folder: Path, rng: random.Random) -> None:
        _picture_of(folder, at(rng)).unlink()

    return {
        "texts": texts, "animated": animated, "undecodable": undecodable, "swapped": swapped,
        "key": key, "baseline_dir": baseline_dir, "twice": twice, "deep": deep, "gone": gone,
    }  # fmt: skip


def pack(source: Path, target: Path, rng: random.Random) -> None:
    """A zip of the run, sometimes with an entry that leads elsewhere or fills the disk."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(source).as_posix())
        kind = rng.randrange(8)
        if kind == 0:
            archive.writestr(rng.choice(("../x.png", "/tmp/hostile.png", "a/../../x.png")), b"x")
        elif kind == 1:
            link = zipfile.ZipInfo("link.png")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
        elif kind == 2:
            for number in range(60):
                archive.writestr(f"bomb{number}.png", bytes(900_000))


def attack_artifact(seed: int, count: Count) -> None:
    """Approve all of an artifact that a stranger made."""
    rng = random.Random(seed)
    with project() as review:
        attacks = artifact_attacks()
        name = rng.choice([*attacks])
        source = review.path.parent / "theirs"
        shutil.copytree(review.folder.output, source)
        attacks[name](source, rng)
        zipped = review.path.parent / "artifact.zip"
        pack(source, zipped, rng)
        _judge(count, f"artifact {seed} {name}", review, str(zipped), source)


def attack_value(seed: int, count: Count) -> None:
    """Approve all of a run of which one value is another."""
    rng = random.Random(seed)
    with project() as review:
        source = review.path.parent / "theirs"
        shutil.copytree(review.folder.output, source)
        told: list[str] = []

        def change(run: dict[str, Any]) -> None:
            one = rng.choice([run, *run["checks"]])
            field_ = rng.choice([*one])
            one[field_] = rng.choice(VALUES)
            told.append(field_)

        _edit(source, change)
        _judge(count, f"value {seed} {told[0]}", review, str(source), source)


def _judge(count: Count, what: str, review: Review, source: str, theirs: Path) -> None:
    outside = {**tree(review.path.parent)}
    count.tried += 1
    status, said = command("approve", "--all", "--from", source)
    after = tree(review.path.parent)
    harm = [
        f"{name} changed"
        for name in {*outside, *after}
        if outside.get(name) != after.get(name) and not name.startswith("project/baselines/")
    ]
    if status not in (0, 1, 2):
        harm.append(f"broke down: {said[-300:]}")
    harm += _wrong_baselines(review, theirs)
    if command("log")[0] != 0 or command("undo", "--all")[0] not in (0, 1):
        harm.append("later decisions fail")
    count.harm += [f"{what}: {one}" for one in harm]
    count.survived += not harm


def _wrong_baselines(review: Review, theirs: Path) -> Iterator[str]:
    """Baselines that are neither what they were nor what the check of that name showed."""
    shown: dict[str, set[bytes]] = {}
    for path in theirs.rglob("*.actual.png"):
        with contextlib.suppress(Exception):
            name = path.name.partition(".")[0]
            shown.setdefault(name, set()).add(png_file.pixels_only(path.read_bytes()))
    for path in (review.path / "baselines").rglob("*.png"):
        data = path.read_bytes()
        if data == Review.OLD:
            continue
        if {"shot", "data", "masks", "options"} & {*png_file.texts(data)}:
            yield f"{path.name} claims what an artifact said"
        if png_file.pixels_only(data) not in shown.get(path.name.partition(".")[0], set()):
            yield f"{path.name} is not what its check showed"


# --- requests and texts -------------------------------------------------------------------------


def attack_request(seed: int, count: Count) -> None:
    """Ask the review page's application for something that it must not give or do."""
    rng = random.Random(seed)
    with project() as review:
        guard = RequestGuard(8000)
        page = ReviewPage(review.decisions())
        app = application(page, guard)
        paths = (
            "/", "/session", guard.page, f"{guard.page}api/run", f"{guard.page}api/decide",
            f"{guard.page}run/../run.json", f"{guard.page}baseline/%2e%2e/x", "/api/decide",
            "/review-x/api/run", f"{guard.page}run/\0.png", "//etc/passwd",
        )  # fmt: skip
        headers = {
            "host": rng.choice(("127.0.0.1:8000", "localhost:8000", "evil.example", "", "\xff")),
            "origin": rng.choice(("http://127.0.0.1:8000", "https://evil.example", "null", "")),
            "content-type": rng.choice(("application/json", "text/plain", "")),
            "cookie": rng.choice(("", f"{guard.cookie}=x", ";;;==\xff", guard.cookie)),
            "authorization": rng.choice(("", "Bearer x", f"Bearer {guard.ticket}", "\xff")),
        }
        everything = json.dumps({"action": "approve", "ids": review.ids}).encode()
        body = rng.choice((everything, b"[" * 50_000, b"\xff", b"{}", b"null"))
        method = rng.choice(("GET", "POST", "PUT", "HEAD", "OPTIONS"))
        before = tree(review.path)
        count.tried += 1
        path = rng.choice(paths)
        status = asyncio.run(_asked(app, method, path, headers, body))
        harm = [] if status < 500 else [f"request {seed} {method} {path!r}: {status}"]
        if tree(review.path) != before:
            harm.append(f"request {seed}: changed files")
        count.harm += harm
        count.survived += not harm


async def _asked(app: Any, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode("latin-1", "replace"),
        "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def attack_text(seed: int, count: Count) -> None:
    """Decide on a run whose texts, or with a reason that, try to be more than one line."""
    rng = random.Random(seed)
    with project() as review:
        source = review.path.parent / "theirs"
        shutil.copytree(review.folder.output, source)
        text = rng.choice(TEXTS)

        def change(run: dict[str, Any]) -> None:
            one = run["checks"][rng.randrange(4)]
            one[rng.choice(("message", "title", "url", "location", "name", "test", "variant"))] = (
                text
            )

        _edit(source, change)
        count.tried += 1
        said = [
            command("status", "--from", str(source)),
            command("approve", "--all", "--from", str(source), "--reason", text, "--who", text),
            command("log"),
            command("log", text),
            command("undo", "--baseline", text),
        ]
        harm = [f"broke down: {out[-300:]}" for status, out in said if status not in (0, 1, 2)]
        for _, out in said:
            harm += [
                f"a line {line!r}"
                for line in out.split("\n")
                if line.lstrip().startswith(("::", "##[")) or not line.isprintable()
            ]
        entries = len(audit_log.Log(review.path / "baselines").entries())
        lines = [line for line in said[2][1].splitlines() if line.startswith("20")]
        if len(lines) != entries:
            harm.append(f"{len(lines)} lines of the log for {entries} decisions")
        count.harm += [f"text {seed} {text!r}: {one}" for one in harm]
        count.survived += not harm


# --- faults, kills and two deciders ---------------------------------------------------------------


class Fault(OSError):
    """What the shim raises."""


@contextlib.contextmanager
def failing(at: int, how: Callable[[], None]) -> Iterator[list[int]]:
    """Let the file operation with that number fail, counted over all of them."""
    count, real = [0], {name: getattr(os, name) for name in ("fsync", "replace", "fdopen")}

    def shim(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            count[0] += 1
            if count[0] == at:
                how()
            return real[name](*arguments, **named)

        return call

    rename = Path.replace

    def replace(self: Path, target: Any) -> Path:
        count[0] += 1
        if count[0] == at:
            how()
        return rename(self, target)

    with contextlib.ExitStack() as stack:
        for name in real:
            stack.enter_context(mock.patch.object(os, name, shim(name)))
        stack.enter_context(mock.patch.object(Path, "replace", replace))
        yield count


def _full() -> None:
    raise Fault(28, "No space left on device")


def attack_fault(seed: int, count: Count) -> None:
    """Approve while one file operation fails; the next command finds nothing lost."""
    with project() as review:
        with failing(seed % 40 + 1, _full):
            status, said = command("approve", "--all")
        nothing_lost(count, f"fault {seed}", review, status, said)


def attack_kill(seed: int, count: Count) -> None:
    """Approve in a process that is gone at a file operation; the next command finishes."""
    with project() as review:
        child = os.fork()
        if child == 0:
            with failing(seed % 40 + 1, lambda: os._exit(9)):
                os._exit(command("approve", "--all")[0])
        os.waitpid(child, 0)
        nothing_lost(count, f"kill {seed}", review, 1, "")


def nothing_lost(count: Count, what: str, review: Review, status: int, said: str) -> None:
    """Each baseline is old or new, each new one has its line, and nothing is left over."""
    count.tried += 1
    harm = [] if status in (0, 1, 2) else [f"broke down: {said[-300:]}"]
    promised = said.count("\napproved ") + said.startswith("approved ")
    log = audit_log.Log(review.path / "baselines")
    if promised and len(log.entries()) < promised:
        harm.append("told before it was on the disk")
    if any(
        png not in (None, Review.OLD, *map(picture, range(100, 104))) for png in review.baselines()
    ):
        harm.append("a baseline is neither old nor new")
    status, said = command("approve", "--all")
    if status != 0:
        harm.append(f"the next command fails: {said[-300:]}")
    if [one.check for one in log.entries()] and sorted(
        {one.check for one in log.entries()}
    ) != sorted(one.name for one in review.checks):
        harm.append("a decision has no line")
    if len(review.approved()) != len(review.checks) or list(audit_log.problems(log.lines())):
        harm.append("not all was approved in the end, or the log is damaged")
    left = list((review.path / "baselines").rglob(f"{files.TEMPORARY}*"))
    if left:
        harm.append(f"left over: {left}")
    count.harm += [f"{what}: {one}" for one in harm]
    count.survived += not harm


def attack_race(seed: int, count: Count) -> None:
    """Two processes with output folders of their own decide on the same baselines at once."""
    rng = random.Random(seed)
    with project() as review:
        folder = review.path / "other"
        shutil.copytree(review.folder.output, folder)
        for number, check in enumerate(
            json.loads((folder / review.folder.id / "run.json").read_bytes())["checks"]
        ):
            data = picture(150 + number)
            (folder / review.folder.id / check["actual"]).write_bytes(data)

        def repainted(run: dict[str, Any]) -> None:
            for at, one in enumerate(run["checks"]):
                one.update(after=png_file.digest(picture(150 + at)))

        _edit(folder, repainted)
        children = []
        for output in rng.sample([review.folder.output, folder], 2):
            child = os.fork()
            if child == 0:
                status, out = command("approve", "--all", "--output-dir", str(output))
                (review.path.parent / f"{output.name}.txt").write_text(out)
                os._exit(max(0, status))
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        count.tried += 1
        said = [path.read_text() for path in review.path.parent.glob("*.txt")]
        approved = sum(one.count("\napproved ") + one.startswith("approved ") for one in said)
        entries = audit_log.Log(review.path / "baselines").entries()
        harm = [] if approved == len(entries) == 4 else [f"{approved} told, {len(entries)} logged"]
        for one in entries:
            data = DirectoryStore(review.path / "baselines").read(BaselineKey(one.key)) or b""
            if png_file.digest(data) != one.after:
                harm.append(f"{one.key} is not what was approved")
        count.harm += [f"race {seed}: {one}" for one in harm]
        count.survived += not harm
