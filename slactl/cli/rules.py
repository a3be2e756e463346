"""`slactl rules`: what the check looks for."""

import argparse
import json

from slactl.check.rules import all_rules
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.render.rules import rule_text


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_output(parser)
    parser.add_argument("rule", nargs="?", help="explain this rule alone, like SLA201")
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """List the rules, or explain one."""
    rules = [one for one in all_rules() if parsed.rule in (None, one.id)]
    if not rules:
        console.error(f"Error: There is no rule {parsed.rule}\n\n`slactl rules` lists them.\n")
        return 1
    if parsed.json:
        fields = ("id", "severity", "title", "rationale", "source", "fix")
        console.print(json.dumps([{name: getattr(one, name) for name in fields} for one in rules], indent=2))
    elif parsed.rule:
        console.print(rule_text(rules[0]))
    else:
        for one in rules:
            console.print(f"{one.id}  {one.severity:<7}  {one.title}")
    return 0
