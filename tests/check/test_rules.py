"""Every rule is complete: an id, words, a good and a bad example, a page of the reference."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from rule_pages import pages

from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.check.rules import Rule, all_rules
from slactl.documents.load import load_workspace
from slactl.documents.locate import Locator
from slactl.model.building.estate import build_estate

Write = Callable[..., Path]
IDS = [rule.id for rule in all_rules()]
_AS_OF = re.compile(r"# As of (\d{4}-\d{2}-\d{2}): \S.*\.$", re.MULTILINE)


def example(repository: Path, rule: str, kind: str) -> str:
    return (repository / "tests" / "check" / "rules" / rule / f"{kind}.yaml").read_text(encoding="utf-8")


def assessed(root: Path, text: str) -> Assessment:
    day = _AS_OF.match(text)
    assert day is not None, text.splitlines()[0]
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, date.fromisoformat(day[1]))


@pytest.mark.parametrize("rule", all_rules(), ids=IDS)
def test_a_rule_says_what_it_is_why_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"SLA\d{3}", rule.id)
    assert f".{rule.id.lower()}_" in rule.find.__module__
    for words in (rule.title, rule.rationale, rule.source, rule.fix):
        assert len(words.split()) > 2
    assert rule.rationale.endswith(".")
    assert rule.fix.endswith(".")


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_finds_its_bad_example_at_its_place(workspace: Write, repository: Path, rule: str) -> None:
    text = example(repository, rule, "bad")
    root = workspace(text)
    found = [one for one in assessed(root, text).findings if one.rule == rule]
    assert found
    for one in found:
        assert one.detail
        assert one.place is not None
        assert Locator(root).range(one.place) is not None


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_finds_nothing_in_its_good_example(workspace: Write, repository: Path, rule: str) -> None:
    text = example(repository, rule, "good")
    assert [one for one in assessed(workspace(text), text).findings if one.rule == rule] == []


def test_every_example_belongs_to_a_rule(repository: Path) -> None:
    assert sorted(folder.name for folder in (repository / "tests" / "check" / "rules").iterdir()) == IDS


def test_the_reference_is_what_the_rules_say(repository: Path) -> None:
    folder = repository / "docs" / "rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == pages(repository), "run `make docs`"
