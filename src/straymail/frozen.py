"""``dataclass`` for values made by the hundred for each message: frozen to the type checker, plain at run time.

The standard library's frozen dataclass sets each field through ``object.__setattr__`` and takes three times as long to
make; without it learning and judging a mailbox takes a thirteenth fewer instructions (counted by valgrind). Nobody may
change a value, and mypy sees to it; hashing and comparing are those of a frozen dataclass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, slots: bool = False
    ) -> type | Callable[[type], type]:
        """As ``dataclasses.dataclass``; ``frozen`` gives a hash, and is otherwise left to the type checker."""
        make = dataclasses.dataclass(eq=eq, unsafe_hash=frozen and eq, slots=slots)
        return make if cls is None else make(cls)


__all__ = ["dataclass"]
