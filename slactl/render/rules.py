"""The rules of the check, for the terminal and as a reference."""

from collections.abc import Sequence

from slactl.check.rules import Rule

_NOTICE = "<!-- Made by `make docs` from the rules and their examples. -->"


def rule_text(rule: Rule) -> str:
    """What a rule looks for, why, and what to do."""
    return f"{rule.id} ({rule.severity}): {rule.title}\n\n{rule.rationale}\n\nServes: {rule.source}\nTo do: {rule.fix}"


def rule_page(rule: Rule, good: str, bad: str) -> str:
    """A rule's page of the reference, with an estate that breaks it and the same mended."""
    return "\n".join(
        [
            _NOTICE,
            f"# {rule.id}: {rule.title}",
            "",
            f"Severity: {rule.severity}. A workspace may change it under `check.severity`, or switch the rule `off`.",
            "",
            rule.rationale,
            "",
            f"**Serves:** {rule.source}.",
            "",
            f"**To do:** {rule.fix}",
            "",
            "## Found here",
            "",
            "```yaml",
            bad.rstrip(),
            "```",
            "",
            "## Not found here",
            "",
            "```yaml",
            good.rstrip(),
            "```",
            "",
        ]
    )


def rule_index(rules: Sequence[Rule]) -> str:
    """The reference's first page."""
    rows = [f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.title} |" for rule in rules]
    return "\n".join(
        [
            _NOTICE,
            "# Rules of the check",
            "",
            "| rule | severity | what it asks for |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )
