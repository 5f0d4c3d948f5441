"""The core's tests (no browser needed) on every supported Python: ``nox -s core``."""

from __future__ import annotations

import nox

nox.options.error_on_missing_interpreters = True


@nox.session(python=["3.10", "3.11", "3.12", "3.13"])
def core(session: nox.Session) -> None:
    session.install("-e", ".", *nox.project.dependency_groups(_project(), "test"))
    session.run(
        "python",
        "-m",
        "pytest",
        "tests/unit",
        "tests/plugin",
        "tests/architecture",
        *session.posargs,
    )


def _project() -> dict[str, object]:
    return nox.project.load_toml("pyproject.toml")
