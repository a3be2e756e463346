"""Small random estates: services that share suppliers, promises in windows and hours of many kinds, one SLA on top."""

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from tests.estate_texts import document
from tests.soundness.calendars import Office

OFFICES = (
    Office("berlin", "Europe/Berlin", 8, 18, ("2027-05-06", "2027-03-29")),
    Office("austin", "America/Chicago", 9, 17, ("2027-05-31",)),
    Office("kolkata", "Asia/Kolkata", 10, 19),
)
PERIODS = ("calendar-week", "calendar-month", "calendar-month", "calendar-month", "calendar-quarter")
SHARES = ("90%", "95%", "97%", "98%", "99%", "99.5%")


@dataclass
class Promised:
    """What is promised about one leaf, or about two of them together."""

    item: str
    window: str
    """A calendar period, or `rolling: 14d`."""
    share: Fraction | None
    """Of downtime in counted time; None for a promise on a length of time."""
    office: Office | None = None
    seconds: int = 0
    together: tuple[str, ...] = ()
    """The leaves that a joint promise is about."""

    @property
    def zone(self) -> str:
        return self.office.zone if self.office else "UTC"

    @property
    def rolling_s(self) -> int:
        return (
            int(self.window.removeprefix("rolling: ").removesuffix("d")) * 86_400
            if "rolling" in self.window
            else 0
        )


@dataclass
class Estate:
    """Documents, and what they mean."""

    texts: list[str] = field(default_factory=list)
    gates: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    """Up while so many of the parts are; parts are gates or leaves, named by the address of what is promised."""
    promises: list[Promised] = field(default_factory=list)
    sla: Promised = field(
        default_factory=lambda: Promised("sla.top.availability", "calendar-month", Fraction(0))
    )

    def document(self, target: str) -> str:
        return "".join(self.texts) + _sla(self.sla, target)

    def down(self, name: str, failed: frozenset[str]) -> bool:
        if name not in self.gates:
            return name in failed
        least, parts = self.gates[name]
        return sum(not self.down(part, failed) for part in parts) < least


def estate(seed: int) -> Estate:
    """The same estate for the same seed."""
    dice = Random(seed)  # noqa: S311 - made-up estates, the same each time
    made = Estate()
    made.texts.append("apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme}\nspec: {type: customer}\n")
    made.texts += [document("Party", "team", "type: internal"), *(one.document for one in OFFICES)]
    leaves = [f"s{index}" for index in range(dice.randint(2, 5))]
    for index, leaf in enumerate(leaves):
        made.texts.append(document("Party", f"supplier-{index}", "type: supplier"))
        made.texts.append(document("Service", leaf, f"owner: supplier-{index}"))
    joint = dice.sample(leaves, 2) if dice.random() < 0.4 else []
    for leaf in leaves:
        made.promises.append(_uc(dice, leaf, joint if joint and leaf == joint[0] else [], made))
    below = [*leaves]
    for index in range(dice.randint(0, 2)):
        name = f"mid{index}"
        least, parts = _gate(dice, below)
        made.gates[name] = (least, tuple(_leaf(part) for part in parts))
        made.texts.append(_service(name, least, parts, "100%"))
        below.append(name)
    least, parts = _gate(dice, below, most=4)
    own = dice.choice(["100%", "100%", "99.8%", "99%"])
    made.gates["needs"] = (least, tuple(_leaf(part) for part in parts))
    made.gates["top"] = (2, ("needs", "service.top.intrinsic"))
    made.texts.append(_service("top", least, parts, own))
    made.sla.window = dice.choice([*PERIODS, "rolling: 28d", "rolling: 30d"])
    made.sla.office = dice.choice([None, None, *OFFICES])
    made.promises.append(Promised("service.top.intrinsic", made.sla.window, 1 - _ratio(own), made.sla.office))
    return made


def _ratio(percent: str) -> Fraction:
    return Fraction(percent.removesuffix("%")) / 100


def _leaf(name: str) -> str:
    return name if name.startswith("mid") else f"uc.{name}.availability"


def _gate(dice: Random, below: list[str], most: int = 3) -> tuple[int, list[str]]:
    parts = dice.sample(below, min(len(below), dice.randint(2, most)))
    return dice.choice([1, len(parts), len(parts), dice.randint(1, len(parts))]), parts


def _service(name: str, least: int, parts: list[str], own: str) -> str:
    needs = f"{{atLeast: {{count: {least}, of: [{', '.join(parts)}]}}}}"
    return document("Service", name, f"owner: team, intrinsic: {{availability: {own}}}, dependsOn: {needs}")


def _window(window: str) -> str:
    return f"{{{window}}}" if "rolling" in window else window


def _uc(dice: Random, leaf: str, joint: list[str], made: Estate) -> Promised:
    share = dice.choice(SHARES)
    promised = Promised(
        f"uc.{leaf}.availability",
        dice.choice([*PERIODS, "rolling: 14d"]),
        1 - _ratio(share),
        dice.choice([None, None, *OFFICES]),
    )
    hours = f", hours: {promised.office.name}" if promised.office else ""
    clause = ""
    if joint:
        clause = f", joint: [{{services: [{', '.join(joint)}], atLeast: 2, downtime: 90m, window: calendar-month}}]"
        pair = tuple(f"uc.{one}.availability" for one in joint)
        made.promises.append(
            Promised(f"uc.{leaf}.joint.0", "calendar-month", None, promised.office, 5400, pair)
        )
    made.texts.append(
        document(
            "UC",
            leaf,
            f"service: {leaf}, customer: example-inc, status: agreed{hours}{clause}, "
            f"objectives: {{availability: {{target: {share}, window: {_window(promised.window)}}}}}",
        )
    )
    return promised


def _sla(sla: Promised, target: str) -> str:
    hours = f", hours: {sla.office.name}" if sla.office else ""
    return document(
        "SLA",
        "top",
        f"service: top, customer: acme, status: agreed{hours}, "
        f"objectives: {{availability: {{target: {target}, window: {_window(sla.window)}}}}}",
    )
