"""Other levels that a supplier or a team offers, with their difference in price."""

from collections.abc import Iterator
from decimal import Decimal

from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.level import ServiceLevel
from slactl.suggest.edit import Edit
from slactl.suggest.move import Move, Price, a_month, cost_of


def level_moves(estate: Estate, whole: Estate) -> Iterator[Move]:
    """For each OLA and UC of a part of an estate: every other level on offer in place of the one that it extends."""
    for agreement in estate.agreements.values():
        if agreement.kind != "SLA":
            for index, name in enumerate(agreement.extends):
                yield from _swaps(whole, agreement, index, estate.levels[name])


def _swaps(whole: Estate, agreement: Agreement, index: int, now: ServiceLevel) -> Iterator[Move]:
    if now.price is None or now.scope == "corporate":
        return
    spec = agreement.layers[-1].spec
    place = agreement.layers[-1].place.at("spec", "extends")
    place = place.at(index) if isinstance(spec.get("extends"), list) else place
    for level in whole.levels.values():
        if level.name not in agreement.extends and _offered(whole, agreement, now, level):
            edit = Edit(agreement.address, place, level.name, now.name)
            cost = cost_of(prices=_difference(now, level))  # it is on offer: nothing is left to negotiate
            yield Move("level", f"{agreement.address} extends {now.name}", (edit,), cost, level.name)


def _offered(whole: Estate, agreement: Agreement, now: ServiceLevel, level: ServiceLevel) -> bool:
    """A priced level on the same aspects that nobody else buys or sells: who offers a level is not written in it."""
    if level.price is None or level.scope == "corporate":
        return False
    if level.scope == "customer" and level.customer not in agreement.customers:
        return False
    if level.applies_to and agreement.kind not in level.applies_to:
        return False
    if not (_objectives(level) & _objectives(now)) or not _names_fit(level, agreement):
        return False
    users = (one for one in whole.agreements.values() if level.name in one.extends)
    return all((one.kind, one.provider) == (agreement.kind, agreement.provider) for one in users)


def _objectives(level: ServiceLevel) -> set[str]:
    return set(level.spec.get("objectives") or ())


def _names_fit(level: ServiceLevel, agreement: Agreement) -> bool:
    """Where a level names a provider or a service, they are those of the agreement."""
    provider, service = level.spec.get("provider"), level.spec.get("service")
    return provider in (None, agreement.provider) and (service is None or service in agreement.services)


def _difference(now: ServiceLevel, then: ServiceLevel) -> tuple[Price, ...]:
    """What the other level costs more a month; by currency where they differ."""
    before, after = (None if one.price is None else a_month(one.price) for one in (now, then))
    sums: dict[str, Decimal] = {}
    for sign, price in ((-1, before), (1, after)):
        if price is not None:
            sums[price.currency] = sums.get(price.currency, Decimal(0)) + sign * price.amount
    return tuple(Price(amount, currency) for currency, amount in sorted(sums.items()) if amount)
