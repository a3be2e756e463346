"""`dataclasses.dataclass`, made in a third of the time: a command makes hundreds of classes before it does anything.

The decorator of the standard library writes source for each method of each class and compiles it. Equality, hash and
representation need no source of their own: they are the same function over other fields. Classes are dataclasses all the
same, for `replace`, `fields` and type checkers.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - type checkers know this one
else:
    C = TypeVar("C", bound=type)

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[C], C]:
        """The decorator; equal are instances of one class whose fields are equal, frozen ones have a hash."""
        make = dataclasses.dataclass(frozen=frozen, slots=slots, eq=False, repr=False)

        def made(cls: C) -> C:
            found = make(cls)
            own = vars(cls)
            compared = _values([one.name for one in dataclasses.fields(found) if one.compare])
            if "__eq__" not in own:
                found.__eq__ = _equality(compared)
                if "__hash__" not in own:
                    found.__hash__ = _hash(compared) if frozen else None
            if "__repr__" not in own:
                found.__repr__ = _representation
            return found

        return made


def _values(names: list[str]) -> Callable[[Any], Any]:
    """The values of some fields: a tuple, or where there is one field alone, that."""
    return attrgetter(*names) if names else lambda _: ()


def _equality(compared: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    return equal


def _hash(compared: Callable[[Any], Any]) -> Callable[[Any], int]:
    def hashed(self: Any) -> int:
        return hash(compared(self))

    return hashed


def _representation(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
