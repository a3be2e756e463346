"""The second layer of a plan: backend objects as they are wanted, as they are there, and as state knows them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.plan.ignored import Ignored
from slactl.plan.known import Known
from slactl.plan.plan import Drift, Kept, ObjectChange, PlanNotice, Why
from slactl.plan.references import addresses_of, as_json, in_order, refs_in, resolved, waves
from slactl.provider import Action, Compilation, Observed, Ref, Resource
from slactl.state.records import Recorded, Snapshot


class Objects:
    """Desired, recorded and observed objects by address, each in address order."""

    def __init__(
        self,
        desired: Mapping[str, Compilation],
        known: Known,
        providers: Mapping[str, str],
        ignored: Ignored | None = None,
        replaced: Collection[str] = (),
    ) -> None:
        """`replaced` are addresses whose objects are to be made anew, whatever they are like.

        Raises:
            SlactlError: when one of these is not wanted, two resources claim one address, or bodies refer to nothing.
        """
        self._recorded = known.snapshot.resources
        self._unsettled = known.snapshot.unsettled
        self._observed = known.observed
        self._providers = providers
        self._marks = known.marks
        self._adopted = known.adopted
        self._previous = known.previous
        self._ignored = ignored or Ignored()
        self._replaced = frozenset(replaced)
        self.desired = merged(desired)
        self._insist_on_replaced()
        self.current = {**_current(known.snapshot, known.observed), **known.adopted}
        self._remade: set[str] = set()
        """Objects that get a new id: what refers to them cannot be known yet."""
        self._depends_on: dict[str, tuple[str, ...]] = {}
        self._plain: dict[str, Any] = {}
        """Bodies of what refers to nothing, as JSON data."""
        for address, one in self.desired.items():
            self._take(address, one.body)
        self._bodies = self._resolved_bodies()

    def _take(self, address: str, body: Any) -> None:
        found: list[Ref] = []
        plain = as_json(body, found)
        self._depends_on[address] = addresses_of(found)
        if not found:
            self._plain[address] = plain

    def changes(self) -> list[ObjectChange]:
        """Everything to do, by wave, backend and address; deletions last, what refers to others before those."""
        wanted = [*self._wanted()]
        first = max((one.wave for one in wanted), default=-1) + 1
        found = [*wanted, *self._unwanted(first)]
        return sorted(found, key=lambda one: (one.wave, one.backend, one.address))

    def kept(self) -> Iterator[Kept]:
        """Objects that are as they should be."""
        for address, resource in self.desired.items():
            there = self.current.get(address)
            if there is not None and self._action(address, self._bodies[address]) is None:
                yield Kept(
                    address,
                    self._provider(address),
                    there.id,
                    there.body,
                    there.attributes,
                    resource.needed_by,
                    new=not self._is_recorded(there, resource),
                    depends_on=self._depends_on[address],
                )

    def gone(self) -> list[str]:
        """What state knows, or had begun, and nobody wants or has any more."""
        read = {address for address in self._unsettled if address.split(".", 1)[0] in self._observed}
        left = self._recorded.keys() | read
        return sorted(left - self.desired.keys() - self.current.keys())

    def drift(self) -> Iterator[Drift]:
        """What others changed or deleted since it was applied; what an apply of ours left half-recorded is none."""
        for address, recorded in sorted(self._recorded.items()):
            there = self.current.get(address)
            if address not in self._unsettled and (there is None or self._differs(recorded, there)):
                yield Drift(address, recorded.provider, recorded.body, None if there is None else there.body)

    def doubled(self) -> Iterator[PlanNotice]:
        """Objects that the backend has more than once under one address."""
        for observed in self._observed.values():
            ids: dict[str, list[str]] = {}
            for one in observed:
                ids.setdefault(one.address, []).append(one.id)
            for address, found in sorted(ids.items()):
                if len(found) > 1:
                    yield PlanNotice(
                        "warning",
                        address,
                        f"the backend has it {len(found)} times ({', '.join(sorted(found))}); "
                        f"{self.current[address].id} is used. Delete the others there by hand.",
                    )

    def bodies(self) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Who needs each desired object, and its body as it is wanted and as it is there."""
        for address, resource in self.desired.items():
            yield resource.needed_by, self._bodies[address]
            if address in self.current:
                yield resource.needed_by, self.current[address].body

    def _resolved_bodies(self) -> dict[str, Any]:
        """Bodies with the references filled in that stay valid; what is created or replaced gets an id only then."""
        self._insist_on_targets()
        bodies: dict[str, Any] = {}
        for address in in_order(self._depends_on) if any(self._depends_on.values()) else self.desired:
            bodies[address] = self._body(address)
            if self._action(address, bodies[address]) in (Action.CREATE, Action.REPLACE):
                self._remade.add(address)
        return bodies

    def _body(self, address: str) -> Any:
        wanted, there = self.desired[address], self.current.get(address)
        plain = self._plain.get(address)
        body = resolved(wanted.body, self._known) if plain is None else plain
        return body if there is None else self._ignored.kept(body, there.body, wanted.needed_by)

    def _differs(self, recorded: Recorded, there: Observed) -> bool:
        """Whether somebody changed what slactl minds since it was applied."""
        as_minded = self._ignored.kept(recorded.body, there.body, recorded.needed_by)
        return bool(as_minded != there.body)

    def _insist_on_replaced(self) -> None:
        for address in sorted(self._replaced - self.desired.keys()):
            raise SlactlError(
                f"{address} cannot be replaced: nothing in the files asks for an object of this address",
                did_you_mean(address, self.desired).strip()
                or "-replace wants an object's address, as a plan shows it.",
            )

    def _insist_on_targets(self) -> None:
        for address, needs in self._depends_on.items():
            missing = [need for need in needs if need not in self.desired]
            if missing:
                raise SlactlError(
                    f"{address} refers to {missing[0]}, which nothing asks for", "This is a provider's fault."
                )

    def _known(self, address: str, field: str) -> Any:
        there = self.current.get(address)
        if there is None or address in self._remade:
            return None
        return there.id if field == "id" else there.attributes.get(field)

    def _action(self, address: str, body: Mapping[str, Any]) -> Action | None:
        there = self.current.get(address)
        if there is None:
            return Action.CREATE
        if address in self._replaced or self._forced_by(address, body):
            return Action.REPLACE
        marked = address not in self._marks and address not in self._adopted
        return None if there.body == body and marked else Action.UPDATE

    def _forced_by(self, address: str, body: Mapping[str, Any]) -> tuple[str, ...]:
        there = self.current[address]
        fixed = self.desired[address].replace_on
        return tuple(sorted(key for key in fixed if there.body.get(key) != body.get(key)))

    def _is_recorded(self, there: Observed, resource: Resource) -> bool:
        recorded = self._recorded.get(there.address)
        return (
            recorded is not None
            and there.address not in self._unsettled
            and recorded.id == there.id
            and recorded.needed_by == resource.needed_by
            and recorded.depends_on == self._depends_on[there.address]
            and not self._differs(recorded, there)
        )

    def _wanted(self) -> Iterator[ObjectChange]:
        waiting = {
            address: {ref.address for ref in refs_in(body)} if self._depends_on[address] else set()
            for address, body in self._bodies.items()
        }
        wave = waves(waiting)
        for address, resource in self.desired.items():
            body, there = self._bodies[address], self.current.get(address)
            action = self._action(address, body)
            if action is not None:
                yield ObjectChange(
                    address,
                    self._provider(address),
                    action,
                    there.body if there else None,
                    body,
                    there.id if there else None,
                    resource.needed_by,
                    wave[address],
                    self._why(address, there),
                    needs=tuple(sorted(waiting[address])),
                    depends_on=self._depends_on[address],
                    forced_by=self._forced_by(address, body) if action is Action.REPLACE else (),
                    previous=self._previous.get(address, ""),
                    importing=address in self._adopted,
                )

    def _unwanted(self, first_wave: int) -> Iterator[ObjectChange]:
        unwanted = [address for address in self.current if address not in self.desired]
        users = self._users()
        wave = waves({address: users.get(address, set()) & set(unwanted) for address in unwanted})
        for address in unwanted:
            there, recorded = self.current[address], self._recorded.get(address)
            yield ObjectChange(
                address,
                self._provider(address),
                Action.DELETE,
                there.body,
                None,
                there.id,
                recorded.needed_by if recorded else (),
                first_wave + wave[address],
                "" if recorded or address in self._unsettled else "orphan",
                needs=tuple(sorted(users.get(address, ()))),
            )

    def _users(self) -> dict[str, set[str]]:
        """By address: what refers to it in the backend as it was applied."""
        users: dict[str, set[str]] = {}
        for address, recorded in self._recorded.items():
            for need in recorded.depends_on:
                if address in self.current:
                    users.setdefault(need, set()).add(address)
        return users

    def _why(self, address: str, there: Observed | None) -> Why:
        recorded = self._recorded.get(address)
        if address in self._replaced and there is not None:
            return "requested"
        if address in self._unsettled:
            return ""
        if there is None:
            return "missing" if recorded else ""
        if recorded is None:
            return "" if address in self._adopted else "adopted"
        return "drift" if self._differs(recorded, there) else ""

    def _provider(self, address: str) -> str:
        recorded = self._recorded.get(address)
        return self._providers.get(address.split(".", 1)[0]) or (recorded.provider if recorded else "")


def merged(desired: Mapping[str, Compilation]) -> dict[str, Resource]:
    """Every resource once; those that several agreements need list all of them.

    Raises:
        SlactlError: when two with one address have different bodies.
    """
    found: dict[str, Resource] = {}
    for compilation in desired.values():
        for one in compilation.resources:
            other = found.get(one.address)
            found[one.address] = one if other is None else _together(one, other)
    return {
        address: Resource(address, one.body, tuple(sorted(set(one.needed_by))), one.replace_on)
        for address, one in sorted(found.items())
    }


def _together(one: Resource, other: Resource) -> Resource:
    if other.body != one.body:
        raise SlactlError(
            f"Two different objects claim the address {one.address}",
            f"One is needed by {', '.join(other.needed_by)}, one by {', '.join(one.needed_by)}. "
            "Rename one of what they are made from.",
        )
    needed_by = (*other.needed_by, *one.needed_by)
    return Resource(one.address, one.body, needed_by, one.replace_on | other.replace_on)


def _current(snapshot: Snapshot, observed: Mapping[str, Sequence[Observed]]) -> dict[str, Observed]:
    """What each backend has; for one that was not read, what state says."""
    found: dict[str, Observed] = {}
    for seen in observed.values():
        for one in sorted(seen, key=lambda one: one.id):
            known = snapshot.resources.get(one.address)
            if one.address not in found or (known is not None and known.id == one.id):
                found[one.address] = one
    for address, recorded in snapshot.resources.items():
        if recorded.backend not in observed:
            found[address] = _as_observed(recorded)
    return dict(sorted(found.items()))


def _as_observed(recorded: Recorded) -> Observed:
    return Observed(recorded.address, recorded.id, recorded.body, recorded.attributes)
