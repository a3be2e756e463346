"""Writes the reference of the rules, `docs/rules`, from the rules and their examples."""

import sys
from pathlib import Path

from slactl.check.rules import all_rules
from slactl.render.rules import rule_index, rule_page


def pages(repository: Path) -> dict[str, str]:
    """Every page by its file name."""
    found = {"README.md": rule_index(all_rules())}
    for rule in all_rules():
        folder = repository / "tests" / "check" / "rules" / rule.id
        good, bad = ((folder / f"{kind}.yaml").read_text(encoding="utf-8") for kind in ("good", "bad"))
        found[f"{rule.id}.md"] = rule_page(rule, good, bad)
    return found


def main(repository: Path) -> None:
    """Write the pages, and take away those of rules that are gone."""
    folder = repository / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages(repository)
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
