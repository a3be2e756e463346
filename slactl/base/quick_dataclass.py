"""`dataclasses.dataclass`, made in a tenth of the time: a command makes hundreds of classes before it does anything.

The decorator of the standard library writes source for each method of each class and compiles it, and its import alone
takes as long as Python's own start. Here equality, hash and representation are the same functions over other fields,
and the source of `__init__` is compiled when the first instance is made, which for most classes of a run is never.
Classes are dataclasses all the same, for `dataclasses.fields` and `replace`, for pickling and for type checkers.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, ge, gt, le, lt
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - type checkers know these
    from dataclasses import field as field  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, order: bool = False
    ) -> Callable[[type], type]:
        """The decorator; equal are instances of one class whose fields are equal, frozen ones have a hash."""
        return lambda cls: _made(cls, frozen=frozen, slots=slots, order=order)

    def field(**how: Any) -> "_Field":
        """What is special about a field: `default` or `default_factory`, `init`, `repr`, `compare`."""
        return _Field(**how)

    def replace(one: Any, /, **changes: Any) -> Any:
        """Another instance with the same values but for the changes."""
        kept = {name: getattr(one, name) for name, field in _fields_of(type(one)).items() if field.init}
        return type(one)(**kept | changes)


def field_names(kind: Any) -> tuple[str, ...] | None:
    """The names of the fields of a class that was made here; None for any other."""
    return tuple(_fields_of(kind)) if hasattr(kind, _OWN) else None


def field_values(one: Any) -> dict[str, Any]:
    """The values of an instance's fields, by name."""
    return {name: getattr(one, name) for name in _fields_of(type(one))}


_OWN = "_quick_fields"
_NONE: Any = object()
"""Stands for no default."""


class _Field:
    """One field of a class."""

    __slots__ = ("compare", "default", "default_factory", "init", "repr")

    def __init__(
        self,
        default: Any = _NONE,
        default_factory: Any = _NONE,
        *,
        init: bool = True,
        repr: bool = True,  # noqa: A002 - the name that the standard library gave it
        compare: bool = True,
    ) -> None:
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare

    @property
    def optional(self) -> bool:
        """Whether a value need not be given."""
        return self.default is not _NONE or self.default_factory is not _NONE

    @property
    def how(self) -> dict[str, Any]:
        """What the standard library's `field` takes for the same."""
        defaults = {"default": self.default, "default_factory": self.default_factory}
        given = {name: value for name, value in defaults.items() if value is not _NONE}
        return {**given, "init": self.init, "repr": self.repr, "compare": self.compare}


def _fields_of(cls: type) -> dict[str, _Field]:
    found: dict[str, _Field] = getattr(cls, _OWN, {})
    return found


def _made(cls: type, *, frozen: bool, slots: bool, order: bool) -> type:
    """The class with its fields and methods; where it has slots, another one of the same name."""
    body = vars(cls)
    own = {name: _declared(body.get(name, _NONE)) for name in cls.__annotations__}
    fields = {name: one for base in reversed(cls.__mro__[1:]) for name, one in _fields_of(base).items()} | own
    standard = _methods(fields, frozen=frozen, order=order)
    methods = {name: one for name, one in standard.items() if not callable(body.get(name))}
    if "__eq__" in body:
        methods.pop("__hash__", None)
    if slots:
        return _with_slots(cls, own, methods, frozen=frozen)
    for name, one in own.items():
        if one.default is not _NONE:
            setattr(cls, name, one.default)
        elif name in body:
            delattr(cls, name)
    for name, method in methods.items():
        setattr(cls, name, method)
    return cls


def _declared(value: Any) -> _Field:
    return value if isinstance(value, _Field) else _Field(value)


def _methods(fields: Mapping[str, _Field], *, frozen: bool, order: bool) -> dict[str, Any]:
    """What a class with these fields has, unless it says otherwise."""
    compared = _values([name for name, one in fields.items() if one.compare])
    found = {
        _OWN: fields,
        "__dataclass_fields__": _Standard("__dataclass_fields__", frozen=frozen),
        "__dataclass_params__": _Standard("__dataclass_params__", frozen=frozen),
        "__match_args__": tuple(name for name, one in fields.items() if one.init),
        "__init__": _late_init,
        "__repr__": _representation,
        "__eq__": _equality(compared),
        "__hash__": _hash(compared) if frozen else None,
    }
    if frozen:
        found |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if order:
        found |= {f"__{one.__name__}__": _comparison(one, compared) for one in (lt, le, gt, ge)}
    return found


def _with_slots(cls: type, own: Mapping[str, _Field], methods: Mapping[str, Any], *, frozen: bool) -> type:
    left_out = {"__dict__", "__weakref__", *own}
    body = {name: value for name, value in vars(cls).items() if name not in left_out}
    pickled = {"__getstate__": _state, "__setstate__": _set_state} if frozen else {}
    made = type(cls)(cls.__name__, cls.__bases__, {**pickled, **body, **methods, "__slots__": tuple(own)})
    made.__qualname__ = cls.__qualname__
    return made


class _Standard:
    """What the standard library keeps with its classes, made when it asks."""

    __slots__ = ("_frozen", "_name")

    def __init__(self, name: str, *, frozen: bool) -> None:
        self._name, self._frozen = name, frozen

    def __get__(self, instance: Any, owner: type) -> Any:
        import dataclasses  # noqa: PLC0415 - most runs have no need of it

        fields = _fields_of(owner)
        kinds = {
            name: kind
            for one in reversed(owner.__mro__)
            for name, kind in getattr(one, "__annotations__", {}).items()
        }
        body = {name: dataclasses.field(**one.how) for name, one in fields.items()}
        twin = type(owner.__name__, (), {**body, "__annotations__": {name: kinds[name] for name in fields}})
        make = dataclasses.dataclass(init=False, repr=False, eq=False, frozen=self._frozen)
        found = getattr(make(twin), self._name)
        type.__setattr__(owner, self._name, found)
        return found


def _late_init(self: Any, *values: Any, **named: Any) -> None:
    """`__init__` until the first instance is made."""
    owner = next((one for one in type(self).__mro__ if vars(one).get("__init__") is _late_init), None)
    if owner is None:  # another thread was first
        type(self).__init__(self, *values, **named)
        return
    init = _init(owner)
    type.__setattr__(owner, "__init__", init)
    init(self, *values, **named)


def _init(cls: type) -> Any:
    """What sets every field to the value given, or to its default.

    Frozen fields are set past the class's own refusal: in their slots, or in the instance's dictionary.
    """
    frozen = getattr(cls, "__setattr__", None) is _refuse_to_set
    known: dict[str, Any] = {"LATER": _NONE}
    taken, lines = ["self"], []
    for name, one in _fields_of(cls).items():
        slot = getattr(cls, name, None)
        if one.init:
            taken.append(f"{name}=DEFAULT_{name}" if one.optional else name)
        if one.default_factory is not _NONE:
            known[f"DEFAULT_{name}"], known[f"make_{name}"] = _NONE, one.default_factory
            lines.append(
                f" if {name} is LATER: {name} = make_{name}()" if one.init else f" {name} = make_{name}()"
            )
        elif one.default is not _NONE:
            known[f"DEFAULT_{name}"] = one.default
            lines += [] if one.init else [f" {name} = DEFAULT_{name}"]
        elif not one.init:
            continue
        if not frozen:
            lines.append(f" self.{name} = {name}")
        elif isinstance(slot, MemberDescriptorType):
            known[f"set_{name}"] = slot.__set__
            lines.append(f" set_{name}(self, {name})")
        else:
            lines.append(f" self.__dict__[{name!r}] = {name}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(taken)}):\n" + "\n".join(lines or [" pass"]), known)  # noqa: S102 - our own source
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return known["__init__"]


def _refuse_to_set(self: Any, name: str, value: Any) -> None:  # noqa: ARG001 - the protocol of attributes
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - nothing that is right comes here

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:  # noqa: ARG001 - the protocol of attributes
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - nothing that is right comes here

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _fields_of(type(self))]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(_fields_of(type(self)), state, strict=True):
        object.__setattr__(self, name, value)


def _values(names: list[str]) -> Callable[[Any], Any]:
    """The values of some fields: a tuple, or where there is one field alone, that."""
    return attrgetter(*names) if names else lambda _: ()


def _equality(compared: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    return equal


def _comparison(
    holds: Callable[[Any, Any], bool], compared: Callable[[Any], Any]
) -> Callable[[Any, Any], Any]:
    def compare(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return holds(compared(self), compared(other))

    return compare


def _hash(compared: Callable[[Any], Any]) -> Callable[[Any], int]:
    def hashed(self: Any) -> int:
        return hash(compared(self))

    return hashed


def _representation(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, one in _fields_of(type(self)).items() if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
