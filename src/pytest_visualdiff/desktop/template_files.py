"""Which pictures a template's name means: a file, or a folder whose pictures are alternatives."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import TemplateMissing
from pytest_visualdiff.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.images.codec import ImageSource

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


@dataclass(frozen=True)
class Template:
    """One picture to look for."""

    name: str
    source: ImageSource

    @property
    def colour(self) -> bool:
        """Whether it is only found in its own colours: its file is ``NAME.colour.png``."""
        is_file = isinstance(self.source, (str, os.PathLike))
        return is_file and Path(os.fspath(self.source)).stem.endswith(".colour")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Templates:
    """The folders that templates are looked for in, the first one first."""

    folders: tuple[Path, ...]

    def named(self, template: Any) -> Sequence[Template]:
        """The pictures that a name means; another source of an image is itself.

        Raises ``TemplateMissing`` naming the nearest one.
        """
        if not isinstance(template, (str, os.PathLike)):
            return (Template("a picture", template),)
        name = os.fspath(template)
        for path in self._candidates(name):
            if path.is_dir():
                return self._alternatives(name, path)
            if path.is_file():
                return (Template(name, path),)
        raise TemplateMissing(self._missing(name))

    def _candidates(self, name: str) -> Iterator[Path]:
        for folder in self.folders:
            yield folder / name
            if Path(name).suffix.lower() not in ENDINGS:
                yield folder / f"{name}.png"
                yield folder / f"{name}.colour.png"

    def _alternatives(self, name: str, folder: Path) -> Sequence[Template]:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
        if not found:
            raise TemplateMissing(f"the folder of templates {folder} holds no picture")
        return [Template(f"{name}/{path.name}", path) for path in found]

    def _missing(self, name: str) -> str:
        there = [
            path.relative_to(folder).as_posix()
            for folder in self.folders
            if folder.is_dir()
            for path in folder.rglob("*")
            if path.suffix.lower() in ENDINGS
        ]
        hint = nearest(name, there)
        places = " or ".join(str(folder) for folder in self.folders)
        return (
            f"no template {name!r} in {places} (template_dir)"
            + (f": {hint}" if hint else "")
            + f"; 'visualdiff pick SCREENSHOT {name} --box X,Y,W,H' cuts one out"
        )
