"""The rules of the check, one a file; `all_rules` lists them by id."""

from functools import cache
from importlib import import_module
from pathlib import Path

from slactl.check.rules.rule import Rule

__all__ = ["Rule", "all_rules", "rules_on_agreements", "rules_on_waivers"]

_ABOUT_WAIVERS = "SLA9"
"""How the ids of rules about waivers and severities begin, which look at the findings of the others."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id: all that the files of this package define."""
    files = Path(__file__).parent.glob("sla*.py")
    modules = (import_module(f"{__name__}.{file.stem}") for file in files)
    rules = {one.id: one for module in modules for one in vars(module).values() if isinstance(one, Rule)}
    return tuple(rules[name] for name in sorted(rules))


def rules_on_agreements() -> tuple[Rule, ...]:
    """The rules whose findings a waiver may accept."""
    return tuple(one for one in all_rules() if not one.id.startswith(_ABOUT_WAIVERS))


def rules_on_waivers() -> tuple[Rule, ...]:
    """The rules about waivers and severities themselves."""
    return tuple(one for one in all_rules() if one.id.startswith(_ABOUT_WAIVERS))
