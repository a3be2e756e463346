"""Small random estates with what real ones have: OLAs over OLAs, several promises of one service, terms, maintenance, drafts.

They are described twice: as documents, and as what these mean by the language's own page.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from tests.estate_texts import document
from tests.soundness.calendars import Office, Span, at, common, minus, windows

OFFICES = {
    one.name: one
    for one in (
        Office("berlin", "Europe/Berlin", 8, 18, ("2027-05-06", "2027-03-29")),
        Office("austin", "America/Chicago", 9, 17, ("2027-05-31",)),
        Office("sydney", "Australia/Sydney", 7, 12),
    )
}
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
ALWAYS = [(at(FIRST, "UTC"), at(LAST, "UTC"))]
FIRMNESS = {"expired": 0, "draft": 1, "proposed": 2, "agreed": 3}
HOUR_S = 3600
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WINDOWS = (
    "calendar-day",
    "calendar-week",
    "calendar-month",
    "calendar-month",
    "calendar-quarter",
    "calendar-year",
)
_ROLLING = ("rolling: 36h", "rolling: 7d", "rolling: 30d")
_SHARES = [Fraction(n, 1000) for n in (100, 50, 20, 10, 5, 1, 0)]


@dataclass
class Maintenance:
    """Some hours of a day of each week, by the clock of a zone."""

    weekday: int
    zone: str
    hour: int
    hours: int

    def spans(self) -> list[Span]:
        days = (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days))
        starts = [at(day, self.zone, self.hour) for day in days if day.weekday() == self.weekday]
        return [(start, start + self.hours * HOUR_S) for start in starts]

    @property
    def text(self) -> str:
        first = FIRST + timedelta(days=(self.weekday - FIRST.weekday()) % 7)
        return (
            f'windows: [{{name: w, starts: "{first}T{self.hour:02}:00", duration: {self.hours}h, '
            f'rrule: "FREQ=WEEKLY;BYDAY={_DAYS[self.weekday]}", timezone: {self.zone}}}]'
        )


@dataclass
class Agreed:
    """An agreement with one promise of availability."""

    kind: str
    name: str
    service: str
    share: Fraction
    """Of downtime."""
    window: str
    office: Office | None = None
    since: date | None = None
    until: date | None = None
    maintenance: Maintenance | None = None
    allowance_s: int = 0
    """Maintenance without dates."""
    dilution: int = 1
    status: str = "agreed"
    scope: str = "end-to-end"
    joint: tuple[tuple[str, ...], int, int] | None = None
    """Services, how many of them at once, seconds a month."""

    @property
    def zone(self) -> str:
        return self.office.zone if self.office else "UTC"

    @property
    def rolling_s(self) -> int:
        if "rolling" not in self.window:
            return 0
        text = self.window.removeprefix("rolling: ")
        return int(text[:-1]) * (HOUR_S if text.endswith("h") else 24 * HOUR_S)

    def counted(self) -> list[Span]:
        """The time that counts, inside the term."""
        time = self.office.spans(FIRST, LAST) if self.office else ALWAYS
        if self.maintenance:
            time = minus(time, self.maintenance.spans())
        start = at(self.since, "UTC") if self.since else ALWAYS[0][0]
        end = at(self.until + timedelta(days=1), "UTC") if self.until else ALWAYS[0][1]
        return common(time, [(start, end)])

    def windows(self, low: int, high: int) -> list[Span]:
        """Whole windows that touch a time."""
        return [one for one in windows(self.window, self.zone, FIRST, LAST) if one[0] < high and low < one[1]]

    def text(self, target: str) -> str:
        parts = [f"service: {self.service}", f"status: {self.status}"]
        parts += ["customer: acme"] if self.kind == "SLA" else []
        parts += [f"hours: {self.office.name}"] if self.office else []
        term = [f"from: {self.since}"] if self.since else []
        term += [f"until: {self.until}"] if self.until else []
        parts += [f"term: {{{', '.join(term)}}}"] if term else []
        kept = [f"allowance: {self.allowance_s // HOUR_S}h"] if self.allowance_s else []
        kept += [self.maintenance.text] if self.maintenance else []
        parts += [f"maintenance: {{{', '.join(kept)}}}, excludes: [planned-maintenance]"] if kept else []
        if self.joint:
            services, count, seconds = self.joint
            parts.append(
                f"joint: [{{services: [{', '.join(services)}], atLeast: {count}, downtime: {seconds // 60}m, window: calendar-month}}]"
            )
        window = f"{{{self.window}}}" if self.rolling_s else self.window
        inner = f"target: {target}, window: {window}, scope: {self.scope}"
        if self.dilution > 1:
            inner += f", population: {{all: {1000 * self.dilution}/month, ours: 1000/month}}"
        return document(
            self.kind, self.name, f"{', '.join(parts)}, objectives: {{availability: {{{inner}}}}}"
        )


@dataclass
class Rich:
    """An estate: its services, what is agreed about them, and the SLA on top."""

    sla: Agreed
    services: list[str] = field(default_factory=list)
    gates: dict[str, tuple[int, list[str], Fraction]] = field(default_factory=dict)
    """By service: how many of which services must be up, and its own downtime as a share of any window."""
    agreed: list[Agreed] = field(default_factory=list)

    def document(self, target: str) -> str:
        people = "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme}\nspec: {type: customer}\n"
        people += "".join(document("Party", f"team-{number}", "type: internal") for number in range(3))
        people += document("Party", "supplier", "type: supplier") + "".join(
            office.document for office in OFFICES.values()
        )
        return (
            people
            + "".join(self.services)
            + "".join(one.text(percent(one.share)) for one in self.agreed)
            + self.sla.text(target)
        )

    def down(self, name: str, failed: frozenset[str]) -> bool:
        """Whether a service is down while some leaves are: suppliers' services, and `own SERVICE`."""
        if name not in self.gates:
            return name in failed
        least, parts, _ = self.gates[name]
        return f"own {name}" in failed or sum(not self.down(part, failed) for part in parts) < least


def percent(share: Fraction) -> str:
    return f"{float(100 * (1 - share)):.6f}%"


def rich_estate(seed: int) -> Rich:
    """The same estate for the same seed."""
    dice = Random(seed)  # noqa: S311 - made-up estates, the same each time
    made = Rich(_agreed(dice, "SLA", "top", "top"))
    below = [f"s{number}" for number in range(dice.randint(1, 4))]
    for leaf in list(below):
        made.services.append(document("Service", leaf, "owner: supplier"))
        for number in range(dice.choice([1, 1, 1, 2])):
            one = _agreed(dice, "UC", f"{leaf}-{number}", leaf)
            one.dilution = dice.choice([1] * 9 + [2])
            one.status = dice.choice(["agreed"] * 18 + ["draft", "proposed", "expired"])
            made.agreed.append(one)
    if len(below) > 1 and dice.random() < 0.35:
        services = tuple(sorted(dice.sample(below, dice.randint(2, len(below)))))
        seconds = dice.choice([30, 300, 1800]) * 60
        dice.choice(made.agreed).joint = services, dice.randint(2, len(services)), seconds
    for number in range(dice.randint(0, 3)):
        name = f"m{number}"
        _service(dice, made, name, below)
        below.append(name)
        if dice.random() < 0.7:
            one = _agreed(dice, "OLA", name, name)
            one.share = dice.choice([*_SHARES[:-1], Fraction(1, 5), Fraction(3, 10)])
            one.scope = dice.choice(["end-to-end"] * 4 + ["own"])
            made.agreed.append(one)
    _service(dice, made, "top", below)
    return made


def _service(dice: Random, made: Rich, name: str, below: list[str]) -> None:
    parts = dice.sample(below, min(len(below), dice.randint(1, 3)))
    least = dice.choice([1, len(parts), len(parts), dice.randint(1, len(parts))])
    own = dice.choice([Fraction(0), Fraction(0), Fraction(1, 1000)])
    made.gates[name] = least, parts, own
    needs = f"{{atLeast: {{count: {least}, of: [{', '.join(parts)}]}}}}"
    owner = f"team-{0 if name == 'top' else dice.randint(0, 2)}"
    made.services.append(
        document(
            "Service",
            name,
            f"owner: {owner}, intrinsic: {{availability: {percent(own)}}}, dependsOn: {needs}",
        )
    )


def _agreed(dice: Random, kind: str, name: str, service: str) -> Agreed:
    one = Agreed(kind, name, service, dice.choice(_SHARES), dice.choice([*_WINDOWS, *_ROLLING]))
    one.office = dice.choice([None, None, None, *OFFICES.values()])
    if dice.random() < 0.25:
        one.since = date(2027, dice.randint(1, 3), dice.randint(1, 28)) if dice.random() < 0.5 else None
        one.until = date(2027, dice.randint(4, 8), dice.randint(1, 28)) if dice.random() < 0.6 else None
    if dice.random() < 0.25:
        zone = dice.choice(["Europe/Berlin", "UTC", "America/Chicago"])
        one.maintenance = Maintenance(dice.randint(0, 6), zone, dice.choice([4, 9, 14]), dice.choice([1, 3]))
    if dice.random() < 0.25:
        one.allowance_s = dice.choice([1, 2, 5]) * HOUR_S
    return one
