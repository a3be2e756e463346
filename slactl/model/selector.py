"""Selectors: a part of the estate in a few characters, after dbt's grammar, over the graph that `slactl graph` draws.

An arrow of that graph leads from what needs to what is needed: customer, SLA, service, OLA or UC. So `sla.acme+` is the SLA
with everything that it rests on, `+ola.db` the OLA with everything that rests on it, and a number limits the steps (`2+ola.db`).
Terms joined by a comma must all hold; terms apart by a blank add up.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.model.estate import Estate
from slactl.model.service import Call

_TERM = re.compile(r"(?:(?P<above>\d*)\+)?(?P<core>[^+\s]+?)(?:\+(?P<below>\d*))?")
_METHODS = ("tag", "path", "level", "customer", "state")
_STATES = ("modified", "new", "ended")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: what it begins with, and how far it reaches from there."""

    text: str
    method: str
    """Empty: an address, which may hold `*`."""
    value: str
    above: int | None = 0
    """Steps against the arrows; None: as far as they go."""
    below: int | None = 0
    """Steps along the arrows."""


@dataclass(frozen=True, slots=True)
class Selector:
    """What `-target` and `-exclude` take."""

    text: str
    unions: tuple[tuple[Term, ...], ...]
    """Each inner tuple must hold whole; one of them suffices."""


def is_plain(text: str) -> bool:
    """Whether it is an address, perhaps with `*`, and nothing that needs the graph."""
    return not set(text) & set(":+, ")


def parse_selector(text: str) -> Selector:
    """Read a selector.

    Raises:
        SlactlError: when it is none, with the forms that there are.
    """
    unions = tuple(tuple(_term(part, text) for part in one.split(",")) for one in text.split())
    if not unions:
        raise SlactlError("A selector is empty", _FORMS)
    return Selector(text, unions)


_FORMS = (
    "Write an address (sla.acme-shop, also with *), tag:LABEL, tag:LABEL=VALUE, path:FOLDER/, level:NAME, customer:NAME, or "
    "state:modified, state:new, state:ended; with + behind it for what it rests on, with + before it for what rests on it."
)


def _term(part: str, whole: str) -> Term:
    match = _TERM.fullmatch(part)
    if match is None:
        raise SlactlError(f'"{whole}" is no selector', _FORMS)
    core = match["core"]
    method, colon, value = core.partition(":")
    if not colon:
        method, value = "", core
    elif method not in _METHODS:
        raise SlactlError(
            f'"{whole}" is no selector: there is no method "{method}"',
            did_you_mean(method, _METHODS).strip() or _FORMS,
        )
    if method == "state" and value not in _STATES:
        raise SlactlError(
            f'"{whole}" is no selector: there is no state "{value}"', f"There are {', '.join(_STATES)}."
        )
    if not value:
        raise SlactlError(f'"{whole}" is no selector: {method}: names nothing', _FORMS)
    return Term(part, method, value, _steps(match["above"]), _steps(match["below"]))


def _steps(digits: str | None) -> int | None:
    """How many: none without a plus, all with a bare one."""
    return 0 if digits is None else int(digits) if digits else None


@dataclass(frozen=True, slots=True)
class Traits:
    """What methods ask about a node."""

    file: str = ""
    labels: Mapping[str, str] | None = None
    levels: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


class Graph:
    """The nodes that can be selected, and the arrows between them."""

    def __init__(
        self,
        estate: Estate,
        states: Mapping[str, Collection[str]] | None = None,
        more: Iterable[str] = (),
    ) -> None:
        """`states` are the addresses by state; `more` are addresses that the files do not have: objects, and what has ended."""
        self._states = states or {}
        self._nodes: dict[str, Traits] = {**dict.fromkeys(more, Traits()), **dict(_nodes(estate))}
        self._below = _arrows(estate)
        self._above = _turned(self._below)

    def select(self, selector: Selector) -> frozenset[str]:
        """The addresses of everything that it names.

        Raises:
            SlactlError: when a term other than of a state names nothing.
        """
        return frozenset().union(*(self._all_of(terms) for terms in selector.unions))

    def _all_of(self, terms: Iterable[Term]) -> frozenset[str]:
        return frozenset.intersection(*(self._reached(term) for term in terms))

    def _reached(self, term: Term) -> frozenset[str]:
        core = frozenset(self._core(term))
        if not core and term.method != "state":
            known = self._nodes if not term.method else ()
            raise SlactlError(
                f"{term.text} selects nothing",
                did_you_mean(term.value, known).strip() or "Nothing in files, state or plan is like this.",
            )
        return core | _walk(core, self._above, term.above) | _walk(core, self._below, term.below)

    def _core(self, term: Term) -> Iterable[str]:
        if term.method == "state":
            return self._states.get(term.value, ())
        holds = _HOLDS[term.method]
        return (address for address, traits in self._nodes.items() if holds(term.value, address, traits))


def _is_called(value: str, address: str, _: Traits) -> bool:
    return address == value or fnmatchcase(address, value)


def _is_tagged(value: str, _: str, traits: Traits) -> bool:
    key, equals, wanted = value.partition("=")
    labels = traits.labels or {}
    return labels.get(key) == wanted if equals else value in labels or value in labels.values()


def _is_in(value: str, _: str, traits: Traits) -> bool:
    return bool(traits.file) and (
        traits.file == value
        or traits.file.startswith(f"{value.rstrip('/')}/")
        or fnmatchcase(traits.file, value)
    )


def _extends(value: str, _: str, traits: Traits) -> bool:
    return any(fnmatchcase(one, value) for one in traits.levels)


def _is_for(value: str, _: str, traits: Traits) -> bool:
    return any(fnmatchcase(one, value) for one in traits.customers)


_HOLDS: Mapping[str, Callable[[str, str, Traits], bool]] = {
    "": _is_called,
    "tag": _is_tagged,
    "path": _is_in,
    "level": _extends,
    "customer": _is_for,
}


def _nodes(estate: Estate) -> Iterator[tuple[str, Traits]]:
    for party in estate.parties.values():
        yield f"party.{party.name}", Traits(party.place.file, party.labels)
    for service in estate.services.values():
        yield service.address, Traits(service.place.file, service.labels)
    for one in estate.agreements.values():
        yield one.address, Traits(one.place.file, one.labels, one.extends, one.customers)


def _arrows(estate: Estate) -> dict[str, tuple[str, ...]]:
    """From what needs to what is needed; an OLA rests on what its service calls, not on other promises about that service."""
    found: dict[str, dict[str, None]] = {}
    for service in estate.services.values():
        called = [f"service.{call.service}" for call in service.calls()]
        backing = [one.address for one in estate.agreements_on.get(service.name, ())]
        found[service.address] = dict.fromkeys([*called, *backing])
    for one in estate.agreements.values():
        for name in one.services:
            below = found.setdefault(one.address, {})
            if one.kind == "SLA":
                below[f"service.{name}"] = None
                for customer in one.customers:
                    found.setdefault(f"party.{customer}", {})[one.address] = None
            else:
                below.update(dict.fromkeys(f"service.{call.service}" for call in _calls(estate, name)))
    return {address: tuple(below) for address, below in found.items()}


def _calls(estate: Estate, service: str) -> Iterable[Call]:
    known = estate.services.get(service)
    return known.calls() if known else ()


def _turned(below: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    above: dict[str, list[str]] = {}
    for address, needed in below.items():
        for one in needed:
            above.setdefault(one, []).append(address)
    return above


def _walk(start: Iterable[str], arrows: Mapping[str, Iterable[str]], steps: int | None) -> frozenset[str]:
    """Everything within so many steps, the start left out unless an arrow leads to it."""
    seen: set[str] = set()
    edge = list(start)
    while edge and steps != 0:
        edge = [one for address in edge for one in arrows.get(address, ()) if one not in seen]
        edge = list(dict.fromkeys(edge))
        seen.update(edge)
        steps = None if steps is None else steps - 1
    return frozenset(seen)
