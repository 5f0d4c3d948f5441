"""Where approved baselines live. A store keeps bytes under keys; it never compares pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.model import BaselineKey


class BaselineStore(Protocol):
    """A place of baselines. One file of this folder implements it for one kind of place."""

    def read(self, key: BaselineKey) -> bytes | None:
        """The baseline's bytes, None where there is none.

        A key that ends in ``.png`` is one of a picture, in ``.sweep.json`` of accepted findings.
        Raises ``BaselineUnreadable`` for a file that is there but is no whole one of its kind.
        """

    def check_writable(self, key: BaselineKey) -> None:
        """Raise ``BaselineNotWritten`` where a baseline could not be written under the key."""

    def write(self, key: BaselineKey, png: bytes, *, seen: str) -> bool:
        """Make the picture the baseline; False where it already is.

        ``seen`` is the SHA-256 of the baseline that the decision was based on, empty for none.
        Raises ``BaselineChanged`` when another one is there now, ``BaselineNotWritten`` when the
        folder or disk refuses; the old baseline is then untouched.
        """

    def describe(self, key: BaselineKey) -> str:
        """The place in words, for messages (a path, a URL)."""

    def keys(self) -> Iterator[BaselineKey]:
        """All keys, sorted."""


@runtime_checkable
class SupportsAlternatives(Protocol):
    """A store that also keeps several approved pictures of one check."""

    def alternatives(self, key: BaselineKey) -> Sequence[BaselineKey]:
        """Those of ``naming.alternatives(key)`` that have a picture, in that order."""


@runtime_checkable
class SupportsRemove(Protocol):
    """A store from which a baseline can also be taken out."""

    def remove(self, key: BaselineKey, *, seen: str) -> bool:
        """Take the baseline out; False where there is none.

        ``seen`` is the SHA-256 of the baseline that is meant. Raises ``BaselineChanged`` when
        another one is there now, ``BaselineNotWritten`` when the folder or disk refuses.
        """


def approved(store: BaselineStore, key: BaselineKey) -> tuple[BaselineKey, ...]:
    """Keys under which a check may have an approved picture, its baseline's own first."""
    from pytest_visualdiff.baselines.naming import main_key

    others = store.alternatives(key) if isinstance(store, SupportsAlternatives) else ()
    return (main_key(key), *others)
