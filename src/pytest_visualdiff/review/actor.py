"""Who decides, and at which commit: from git's configuration, or what the CI system says."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# System -> variables that name whoever started the pipeline, the first that is set counts.
_CI = {
    "GitHub Actions": ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
    "GitLab CI": ("GITLAB_USER_LOGIN", "GITLAB_USER_NAME"),
    "Azure Pipelines": ("BUILD_REQUESTEDFOR",),
    "Buildkite": ("BUILDKITE_BUILD_CREATOR",),
    "CircleCI": ("CIRCLE_USERNAME",),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a pipeline, and the commit that is checked out (see ``store.audit.Entry``)."""

    who: str = ""
    commit: str = ""


def find(folder: Path, who: str = "", environment: Mapping[str, str] = os.environ) -> Actor:
    """The actor in the project of ``folder``; ``who`` is the name where it was given."""
    name = who.strip() or _pipeline(environment) or _configured(folder) or user_name()
    commit = git(folder, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+")
    return Actor(name, commit.decode("ascii", "replace").strip())


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints; empty without git, without a repository, or where it fails."""
    program = shutil.which("git")
    if not program or not folder.is_dir():
        return b""
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours, paths come after "--" or ":"
            [program, "-C", str(folder), *arguments],
            capture_output=True,
            timeout=30,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout


def existing(folder: Path) -> Path:
    """The folder, or the closest one above it that exists."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def _pipeline(environment: Mapping[str, str]) -> str:
    for system, names in _CI.items():
        for name in names:
            if environment.get(name):
                return f"{environment[name]} ({system})"
    return ""


def _configured(folder: Path) -> str:
    name, mail = (
        git(folder, "config", f"user.{one}").decode("utf-8", "replace").strip()
        for one in ("name", "email")
    )
    return f"{name} <{mail}>" if name and mail else name or mail


def user_name() -> str:
    """The name of the machine's user; empty if the machine has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
