"""Classes of the quick decorator behave as those of the standard library's."""

import pickle
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass
from dataclasses import dataclass as standard
from dataclasses import replace as standard_replace
from typing import Any

import pytest

from slactl.base.quick_dataclass import dataclass, field, field_names, field_values, replace


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: int
    y: int = 0
    seen: list[int] = field(default_factory=list, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Other:
    """The same fields."""

    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Single:
    """One field."""

    x: int


@dataclass(frozen=True)
class Nothing:
    """No field."""


@dataclass(slots=True)
class Open:
    """It may change."""

    x: int


@dataclass(frozen=True)
class Half:
    """What follows from a field, in a class without slots."""

    whole: int
    half: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "half", self.whole / 2)


@dataclass(slots=True)
class Base:
    """To be grown."""

    x: int
    y: int = 0


@dataclass(slots=True)
class Grown(Base):
    """One field more."""

    name: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """The earlier before the later."""

    day: int
    title: str


@dataclass(frozen=True, slots=True)
class Named:
    """Its own equality."""

    x: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named)

    def __hash__(self) -> int:
        return 7


@standard(frozen=True, slots=True)
class Standard:
    """Made by the standard library."""

    x: int
    y: int = 0


def test_equal_are_instances_of_one_class_with_equal_fields() -> None:
    assert Point(1, 2) == Point(1, 2, [3])
    assert Point(1, 2) != Point(1, 3)
    assert Single(1) == Single(1)
    assert Single(1) != Single(2)
    assert Nothing() == Nothing()
    others: list[object] = [Other(1), 1]
    assert Point(1) not in others
    assert Single(1) not in others


def test_equal_ones_are_one_in_a_set() -> None:
    assert len({Point(1, 2), Point(1, 2, [3]), Point(2, 1)}) == 2
    assert len({Single(1), Single(1), Nothing(), Nothing()}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open(1))


def test_equality_of_its_own_stays() -> None:
    assert Named(1) == Named(2)
    assert hash(Named(1)) == 7


def test_frozen_ones_do_not_change_and_others_do() -> None:
    with pytest.raises(FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]
    one = Open(1)
    one.x = 2
    assert one == Open(2)


def test_fields_have_their_defaults_and_are_set_once() -> None:
    assert Point(1).seen == []
    assert Point(1).seen is not Point(1).seen
    assert (Half(3).whole, Half(3).half) == (3, 1.5)
    assert Grown(1, 2, "z") == Grown(x=1, y=2, name="z")
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        Half(3, half=2)  # type: ignore[call-arg]


def test_what_has_an_order_is_sorted_by_its_fields() -> None:
    assert sorted([Dated(2, "a"), Dated(1, "z"), Dated(1, "b")]) == [
        Dated(1, "b"),
        Dated(1, "z"),
        Dated(2, "a"),
    ]
    assert Dated(1, "a") <= Dated(1, "a")
    with pytest.raises(TypeError, match="not supported between instances"):
        _ = Dated(1, "a") < Single(1)  # type: ignore[operator]


def test_names_and_values_of_fields_are_told() -> None:
    assert field_names(Point) == ("x", "y", "seen")
    assert field_names(Grown) == ("x", "y", "name")
    assert field_names(Nothing) == ()
    assert field_names(Standard) is None
    assert field_values(Point(1, 2, [3])) == {"x": 1, "y": 2, "seen": [3]}


def test_the_tools_of_the_standard_library_work() -> None:
    assert is_dataclass(Point)
    assert asdict(Point(1, 2, [3])) == {"x": 1, "y": 2, "seen": [3]}
    assert standard_replace(Half(3), whole=4) == Half(4)
    assert [one.name for one in fields(Point)] == ["x", "y", "seen"]
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)  # noqa: S301 - our own


@pytest.mark.parametrize("given", [Other(1, 2), Other(-1)])
def test_they_show_themselves_as_others_do(given: Any) -> None:
    assert repr(given) == repr(Standard(given.x, given.y)).replace("Standard", "Other")
    assert repr(Point(1, 2, [3])) == "Point(x=1, y=2)"
