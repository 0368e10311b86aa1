"""``dataclass`` for values made by the hundred for each message: frozen to the type checker, plain at run time.

The standard library's frozen dataclass sets each field through ``object.__setattr__`` and takes three times as long to
make; without it learning and judging a mailbox takes a thirteenth fewer instructions (counted by valgrind). Nobody may
change a value, and mypy sees to it; hashing and comparing are those of a frozen dataclass. ``cached_property`` is that
of ``functools`` without a lock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
    from functools import cached_property
else:

    class cached_property:  # noqa: N801  (stands for that of functools)
        """As ``functools.cached_property``, without its lock, which Python 3.12 leaves out too."""

        def __init__(self, made: Callable[[object], object]) -> None:
            self._made = made
            self.__doc__ = made.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: object, owner: type | None = None) -> object:
            if instance is None:
                return self
            value = instance.__dict__[self._name] = self._made(instance)
            return value

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False
    ) -> type | Callable[[type], type]:
        """As ``dataclasses.dataclass``; ``frozen`` gives a hash, and is otherwise left to the type checker."""
        make = dataclasses.dataclass(eq=eq, unsafe_hash=frozen and eq, slots=slots)
        return make if cls is None else make(cls)


__all__ = ["cached_property", "dataclass"]
