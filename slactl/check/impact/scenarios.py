"""What could happen to a subject, each as the estate would be then."""

from collections.abc import Collection

from slactl.base.diagnostics import SlactlError
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import replace
from slactl.base.text import did_you_mean, sentence_list
from slactl.check.failing import taken_down
from slactl.check.impact.subject import Subject, services_named
from slactl.model.agreement import Agreement, Objective, Target
from slactl.model.building.fields import parse_target
from slactl.model.estate import Estate
from slactl.model.service import Intrinsic, Service

_SHARES = ("availability", "success-ratio")


def failed(estate: Estate, subject: Subject) -> Estate:
    """The subject's services are down all the time, and with them all that cannot stand without them.

    A service that is down promises nothing: it rests on nothing and no agreement speaks of it. What others stand on it is
    down whatever contracts say, except for services of customers: those are duties, which the check judges.
    """
    theirs = {name for name in subject.services if _of_customer(estate, estate.services[name])}
    down = theirs | taken_down(estate, subject.services - theirs)
    services = {name: _bare(one) if name in down else one for name, one in estate.services.items()}
    agreements = {
        address: kept
        for address, one in estate.agreements.items()
        if (kept := _without(one, down)) is not None
    }
    return replace(estate, services=services, agreements=agreements)


def ended(estate: Estate, subject: Subject) -> Estate | None:
    """The subject's agreements are gone; None where it has none."""
    if not subject.agreements:
        return None
    gone = frozenset(subject.agreements)
    agreements = {address: one for address, one in estate.agreements.items() if address not in gone}
    return replace(estate, agreements=agreements)


def with_target(estate: Estate, subject: Subject, text: str) -> Estate:
    """The subject's promises have another target: the one that is named, else its availabilities.

    Raises:
        SlactlError: when it has no such promise, or the text is no target for it.
    """
    changed = dict(estate.agreements)
    for objective in _targets(estate, subject):
        above = objective.address.rpartition(".")[0]
        new = replace(objective, target=_target(estate, objective, text))
        objectives = {**changed[above].objectives, objective.name: new}
        changed[above] = replace(changed[above], objectives=objectives)
    return replace(estate, agreements=changed)


def _target(estate: Estate, objective: Objective, text: str) -> Target:
    """The text as a target of the objective, as strictly read as one in a file."""
    try:
        target = parse_target(text, objective.metric)
    except ValueError as error:
        raise SlactlError(f"{text} is no target for {objective.address}", str(error)) from None
    if (
        isinstance(target, Duration)
        and objective.metric != "mtbf"
        and (target.months or not target.milliseconds)
    ):
        raise SlactlError(
            f"{text} is no target for {objective.address}",
            "A time has a fixed length above zero; `m` is minutes, an upper-case `M` months.",
        )
    if objective.metric == "support-hours" and target not in estate.calendars:
        raise SlactlError(
            f"{text} is no target for {objective.address}",
            f"Its target is a calendar.{did_you_mean(text, estate.calendars)}",
        )
    return target


def _of_customer(estate: Estate, service: Service) -> bool:
    owner = estate.parties.get(service.owner)
    return owner is not None and "customer" in owner.roles


def _bare(service: Service) -> Service:
    return replace(service, depends_on=None, intrinsic=Intrinsic(), independence=())


def _without(agreement: Agreement, down: Collection[str]) -> Agreement | None:
    """An OLA or UC without what it says of some services; None where nothing is left. SLAs stay as they are."""
    if agreement.kind == "SLA" or not any(name in down for name in services_named(agreement)):
        return agreement
    objectives = {
        name: replace(one, services=_others(one.services, down))
        for name, one in agreement.objectives.items()
        if _others(one.services, down)
    }
    joint = tuple(one for one in agreement.joint if not any(name in down for name in one.services))
    services = _others(agreement.services, down)
    return replace(agreement, services=services, objectives=objectives, joint=joint) if services else None


def _others(services: tuple[str, ...], down: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in services if name not in down)


def _targets(estate: Estate, subject: Subject) -> list[Objective]:
    promises = [
        one for address in subject.agreements for one in estate.agreements[address].objectives.values()
    ]
    if subject.objective is not None:
        return [one for one in promises if one.address == subject.objective]
    for metric in _SHARES:
        found = [one for one in promises if one.metric == metric]
        if found:
            return found
    named = f" Name one of {sentence_list([one.address for one in promises], 'or')}." if promises else ""
    raise SlactlError(f"{subject.address} promises no availability", f"-target changes one.{named}")
