"""The rules of the check, one subject a file; `all_rules` lists them by id."""

from types import ModuleType

from slactl.check.rules import exclusions, levels, parties, support, terms, waivers
from slactl.check.rules.rule import Rule

__all__ = ["Rule", "all_rules", "rules_on_agreements", "rules_on_waivers"]


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    return rules_on_agreements() + rules_on_waivers()


def rules_on_agreements() -> tuple[Rule, ...]:
    """The rules whose findings a waiver may accept."""
    return _of(parties, support, terms, levels, exclusions)


def rules_on_waivers() -> tuple[Rule, ...]:
    """The rules about waivers themselves, which look at the findings of the others."""
    return _of(waivers)


def _of(*subjects: ModuleType) -> tuple[Rule, ...]:
    rules = [rule for subject in subjects for rule in vars(subject).values() if isinstance(rule, Rule)]
    return tuple(sorted(rules, key=lambda rule: rule.id))
