"""`slactl explain`: why a verdict is what it is, or what a rule is for."""

import argparse
import json
import re

from slactl.base.files import write_atomically
from slactl.check.explain import explain
from slactl.check.result import AmountResult
from slactl.check.rules import all_rules
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.workspace import load_estate
from slactl.render.explanation import amount_explanation, explanation_documents, explanation_text
from slactl.render.findings import amount_document
from slactl.render.rules import rule_text

_RULE = re.compile(r"SLA\d{3}", re.IGNORECASE)


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "address", metavar="ADDRESS", help="an objective like sla.acme.availability, or a rule like SLA201"
    )
    parser.add_argument(
        "--json", action="store_true", help="print a JSON document with the proof or the witness"
    )
    parser.add_argument("--out", metavar="FILE", help="write the proof or the witness for `slactl verify`")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Explain; exit code 0 however the verdict is."""
    if _RULE.fullmatch(parsed.address):
        return _rule(parsed.address.upper(), console)
    assessment, found = explain(load_estate(parsed, console), as_of(parsed), parsed.address)
    if isinstance(found, AmountResult):
        if parsed.out:
            console.error(
                f"{found.address} is a {found.metric}: its sum is printed, and there is no file to verify."
            )
            return 1
        console.print(
            json.dumps(amount_document(found), indent=2, ensure_ascii=False)
            if parsed.json
            else amount_explanation(found, console.out_style)
        )
        return 0
    documents = explanation_documents(found, assessment)
    text = json.dumps(documents, indent=2, ensure_ascii=False)
    if parsed.out:
        write_atomically(parsed.root / parsed.out, text + "\n")
    console.print(text if parsed.json else explanation_text(found, console.out_style))
    return 0


def _rule(name: str, console: Console) -> int:
    rule = next((one for one in all_rules() if one.id == name), None)
    if rule is None:
        console.error(f"There is no rule {name}. `slactl rules` lists them.")
        return 1
    console.print(rule_text(rule))
    return 0
