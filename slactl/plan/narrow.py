"""A part of a plan: what selectors choose, and what cannot be done without; the rest is left for later."""

from collections.abc import Collection, Iterable, Mapping

from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.text import plural, sentence_list
from slactl.model.estate import Estate
from slactl.model.selector import Graph, parse_selector
from slactl.plan.plan import AgreementAction, ObjectChange, Plan, PlanNotice
from slactl.provider import Action
from slactl.state.readdress import agreement_of


@dataclass(frozen=True, slots=True)
class Selection:
    """What `-target` and `-exclude` say; several of one kind add up."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.targets or self.excludes)


def narrowed(plan: Plan, estate: Estate, selection: Selection) -> Plan:
    """The plan with what is selected alone.

    A change brings along the changes that must come before it, and an excluded one takes those with it that need it. A promise
    is recorded once all its objects' changes are made, so it is left out with any of them. Moves are recorded whole. What the
    backends carry in the end is not told. The check stays that of the whole estate: leaving something out does not make a promise hold.

    Raises:
        SlactlError: when a selector is none, or names nothing.
    """
    if selection.is_whole:
        return plan
    graph = Graph(estate, _states(plan), _more(plan))
    targets = [graph.select(parse_selector(text)) for text in selection.targets]
    excluded = frozenset().union(*(graph.select(parse_selector(text)) for text in selection.excludes))
    return _Narrowing(plan, frozenset().union(*targets) if targets else None, excluded).plan(selection)


def _states(plan: Plan) -> dict[str, Collection[str]]:
    made = {one.address for one in plan.changes if one.action is Action.CREATE}
    gone = {one.address for one in plan.changes if one.action is Action.DELETE}
    by_action: dict[AgreementAction, set[str]] = {action: set() for action in AgreementAction}
    for one in plan.agreements:
        by_action[one.action].add(one.address)
    changed = {one.address for one in plan.changes} | {one.address for one in plan.agreements}
    return {
        "new": made | by_action[AgreementAction.CREATE],
        "ended": gone | by_action[AgreementAction.DELETE],
        "modified": changed | {one.target for one in plan.moves},
    }


def _more(plan: Plan) -> Iterable[str]:
    """Addresses of objects, and of promises that end."""
    yield from (one.address for one in plan.changes)
    yield from (one.address for one in plan.kept)
    yield from (one.address for one in plan.forgotten)
    yield from plan.gone
    yield from (one.address for one in plan.agreements)


@dataclass(frozen=True, slots=True)
class _Narrowing:
    whole: Plan
    targets: frozenset[str] | None
    """None: everything."""
    excluded: frozenset[str]

    def plan(self, selection: Selection) -> Plan:
        whole = self.whole
        chosen = self._changes()
        late = [one for one in whole.changes if one.address not in chosen]
        waiting = {agreement_of(user) for one in late for user in one.needed_by}
        agreements = tuple(one for one in whole.agreements if self._promise(one.address, waiting))
        narrowed = replace(
            whole,
            changes=tuple(one for one in whole.changes if one.address in chosen),
            agreements=agreements,
            kept=tuple(
                one if not one.new or self._wants(one.address, one.needed_by) else replace(one, new=False)
                for one in whole.kept
            ),
            gone=tuple(address for address in whole.gone if self._wants(address, ())),
            costs=(),
            forgotten=tuple(one for one in whole.forgotten if self._wants(one.address, one.needed_by)),
            targets=selection.targets,
            excludes=selection.excludes,
        )
        return replace(narrowed, notices=(*whole.notices, _said(whole, narrowed)))

    def _promise(self, address: str, waiting: Collection[str]) -> bool:
        return self._wants(address, ()) and address not in waiting

    def _wants(self, address: str, needed_by: Iterable[str]) -> bool:
        return self._is_targeted(address, needed_by) and not self._is_excluded(address, needed_by)

    def _is_targeted(self, address: str, needed_by: Iterable[str]) -> bool:
        if self.targets is None or address in self.targets:
            return True
        return not self.targets.isdisjoint(map(agreement_of, needed_by))

    def _is_excluded(self, address: str, needed_by: Iterable[str]) -> bool:
        """Whether it is named, or needed by nothing but what is."""
        users = {agreement_of(user) for user in needed_by}
        return address in self.excluded or (bool(users) and users <= self.excluded)

    def _changes(self) -> frozenset[str]:
        changes = {one.address: one for one in self.whole.changes}
        wanted = {address for address, one in changes.items() if self._is_targeted(address, one.needed_by)}
        barred = {address for address, one in changes.items() if self._is_excluded(address, one.needed_by)}
        return frozenset(_with_needs(wanted, changes) - _with_users(barred, changes))


def _with_needs(addresses: set[str], changes: Mapping[str, ObjectChange]) -> set[str]:
    """Also everything that must come before."""
    found, left = set(addresses), list(addresses)
    while left:
        new = {need for need in changes[left.pop()].needs if need in changes} - found
        found |= new
        left += new
    return found


def _with_users(addresses: set[str], changes: Mapping[str, ObjectChange]) -> set[str]:
    """Also everything that cannot come without."""
    users: dict[str, list[str]] = {}
    for one in changes.values():
        for need in one.needs:
            users.setdefault(need, []).append(one.address)
    found, left = set(addresses), list(addresses)
    while left:
        new = set(users.get(left.pop(), ())) - found
        found |= new
        left += new
    return found


def _said(whole: Plan, part: Plan) -> PlanNotice:
    objects = len(whole.changes) - len(part.changes)
    promises = len(whole.agreements) - len(part.agreements)
    left = [plural(promises, "promise")] if promises else []
    left += [plural(objects, "object")] if objects else []
    return PlanNotice(
        "warning" if left else "note",
        f"workspace.{whole.workspace}",
        f"this plan covers a part: it leaves out changes of {sentence_list(left)}. "
        "Plan again without -target and -exclude soon."
        if left
        else "this plan covers a part, and nothing else has changed.",
    )
