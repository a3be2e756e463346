"""Selectors over a small estate: what each form names, and what is said of one that names nothing."""

from argparse import Namespace
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.cli.console import Console
from slactl.cli.workspace import load_estate
from slactl.model.estate import Estate
from slactl.model.selector import Graph, parse_selector
from tests.estate_texts import PEOPLE, document, promise, service


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """acme's shop rests on checkout, and that on db; db's hosting is the cloud's. birch-like `side` stands alone."""
    root = tmp_path_factory.mktemp("estate")
    (root / "slactl.yaml").write_text(
        "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {organization: org}\n"
    )
    (root / "eu").mkdir()
    (root / "eu" / "sla.yaml").write_text(
        promise("SLA", "shop", "shop", "99%", "customer: acme, provider: web,").replace(
            "{name: shop}", "{name: shop, labels: {region: eu, tier: gold}}", 1
        )
        + promise("SLA", "side", "side", "99%", "customer: acme, provider: web,")
    )
    (root / "rest.yaml").write_text(
        PEOPLE
        + document("ServiceLevel", "gold", "objectives: {availability: {target: 99%}}")
        + service("shop", "web", "{all: [checkout]}")
        + service("checkout", "web", "{all: [db]}")
        + service("db", "data", "{all: [hosting]}")
        + service("hosting", "cloud")
        + service("side", "web")
        + promise("OLA", "db", "db", "99.9%", "extends: [gold],")
        + promise("UC", "hosting", "hosting", "99.99%")
    )
    return Graph(load_estate_of(root), {"modified": {"ola.db", "b.file.x"}}, ["b.file.x", "sla.gone"])


def load_estate_of(root: Path) -> Estate:
    parsed = Namespace(root=root, given=[], as_of=None, no_cache=True)
    return load_estate(parsed, Console.of_environment(no_color=True))


def names(graph: Graph, text: str) -> set[str]:
    return set(graph.select(parse_selector(text)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sla.shop", {"sla.shop"}),
        ("sla.*", {"sla.shop", "sla.side", "sla.gone"}),
        ("ola.db+", {"ola.db", "service.hosting", "uc.hosting"}),
        ("sla.shop+1", {"sla.shop", "service.shop"}),
        (
            "sla.shop+",
            {
                "sla.shop",
                "service.shop",
                "service.checkout",
                "service.db",
                "ola.db",
                "service.hosting",
                "uc.hosting",
            },
        ),
        (
            "+ola.db",
            {"ola.db", "service.db", "service.checkout", "service.shop", "sla.shop", "party.acme"},
        ),
        ("1+ola.db", {"ola.db", "service.db"}),
        ("+uc.hosting,sla.*", {"sla.shop"}),
        ("+uc.hosting,ola.*", {"ola.db"}),
        ("sla.side ola.db", {"sla.side", "ola.db"}),
        ("tag:gold", {"sla.shop"}),
        ("tag:region=eu", {"sla.shop"}),
        ("tag:region", {"sla.shop"}),
        ("path:eu/", {"sla.shop", "sla.side"}),
        ("path:eu", {"sla.shop", "sla.side"}),
        ("path:eu/sla.yaml,tag:gold", {"sla.shop"}),
        ("level:gold", {"ola.db"}),
        ("customer:acme", {"sla.shop", "sla.side"}),
        ("state:modified", {"ola.db", "b.file.x"}),
        ("state:new", set()),
        ("b.file.x", {"b.file.x"}),
    ],
)
def test_a_selector_names(graph: Graph, text: str, found: set[str]) -> None:
    assert names(graph, text) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sla.shpo", 'Did you mean "sla.shop"?'),
        ("tag:platinum", "selects nothing"),
        ("path:us/", "selects nothing"),
        ("state:broken", "There are modified, new, ended."),
        ("tga:gold", 'Did you mean "tag"?'),
        ("tag:", "names nothing"),
        ("", "A selector is empty"),
        ("++x", "is no selector"),
        ("sla.shop,,x", "is no selector"),
    ],
)
def test_what_is_no_selector_or_names_nothing_is_said(graph: Graph, text: str, words: str) -> None:
    with pytest.raises(SlactlError) as raised:
        names(graph, text)
    one = raised.value.diagnostics[0]
    assert words in f"{one.summary} {one.detail}"
