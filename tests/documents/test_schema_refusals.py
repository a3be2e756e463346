"""What the schemas refuse, what null and references may stand for, and that editors and the loader agree."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from slactl.documents.reader import read_documents
from slactl.documents.schemas import SCHEMA_OF_KIND, fast_validator, typed

FIXTURES = Path(__file__).parent / "fixtures"
KEYWORDS = frozenset(
    [
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "items",
        "minItems",
        "uniqueItems",
        "enum",
        "const",
        "pattern",
        "oneOf",
        "anyOf",
        "minimum",
        "maximum",
        "default",
        "examples",
    ]
)
MAPS_OF_SCHEMAS = ("properties", "$defs", "patternProperties")
"""Keywords whose value maps names of its own to schemas."""
DATA = ("enum", "const", "examples", "default", "required")
"""Keywords whose value is data, not a schema."""


def schema_files(repository: Path) -> dict[str, Any]:
    paths = sorted((repository / "schemas").glob("*.json"))
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for below in schema:
            yield from subschemas(below)
    elif isinstance(schema, dict):
        yield schema
        for key, below in schema.items():
            if key in MAPS_OF_SCHEMAS:
                yield from subschemas(list(below.values()))
            elif key not in DATA:
                yield from subschemas(below)


def document(kind: str, spec: str, name: str = "a") -> Any:
    text = f"apiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: '{name}'}}\nspec: {spec}\n"
    (data,) = read_documents(text, "document.yaml")
    return typed(SCHEMA_OF_KIND[kind], data)


def is_valid(data: Any) -> bool:
    valid: bool = fast_validator(SCHEMA_OF_KIND[data["kind"]]).is_valid(data)
    return valid


@pytest.fixture
def editor(repository: Path) -> jsonschema.Draft202012Validator:
    """A validator as an editor has it: the files as they lie there, references followed from one to another."""
    found = schema_files(repository)
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in found.items()
    )
    return jsonschema.Draft202012Validator(found["slactl.schema.json"], registry=registry)


def test_only_keywords_that_the_loader_knows_are_used(repository: Path) -> None:
    for name, schema in schema_files(repository).items():
        for below in subschemas(schema):
            assert below.keys() <= KEYWORDS, name


def test_every_mapping_says_which_further_keys_it_takes(repository: Path) -> None:
    for name, schema in schema_files(repository).items():
        for below in subschemas(schema):
            if "object" in below.get("type", ()):
                assert "additionalProperties" in below, f"{name}: {below.get('description')}"


def test_an_editor_accepts_every_document_of_the_languages_page(
    editor: jsonschema.Draft202012Validator,
) -> None:
    documents = read_documents((FIXTURES / "language.yaml").read_text(encoding="utf-8"), "language.yaml")
    refused = [
        data["metadata"]["name"]
        for data in documents
        if not editor.is_valid(typed(SCHEMA_OF_KIND[data["kind"]], data))
    ]
    assert refused == []


REFUSED = [
    ("SLA", "{objectivs: {}}"),
    ("SLA", "{status: agred}"),
    ("SLA", "{hours: Office}"),
    ("SLA", "{fee: 12000}"),
    ("SLA", "{liability: {cap: lots}}"),
    ("SLA", "{workload: {requests: 200}}"),
    ("SLA", "{term: {from: 1.1.2026}}"),
    ("SLA", "{term: {renewal: 12M}}"),
    ("SLA", "{exit: {missed: three, within: 6}}"),
    ("SLA", "{exit: {missed: 3}}"),
    ("SLA", "{customers: {}}"),
    ("SLA", "{objectives: {p1-response: {share: 95}}}"),
    ("SLA", "{objectives: {availability: {window: monthly}}}"),
    ("SLA", "{objectives: {availability: {metric: uptime}}}"),
    ("SLA", "{objectives: {availability: {agreed: yes}}}"),
    ("SLA", "{objectives: {latency: {percentile: 195}}}"),
    ("SLA", "{objectives: {Not_A_Label: {target: 99%}}}"),
    ("SLA", "{credits: [{objective: availability, below: 0.999, credit: 10%}]}"),
    ("UC", "{joint: [{services: [a, b], downtime: 5m}]}"),
    ("Service", "{owner: t, intrinsic: {availability: 0.99}}"),
    ("Service", "{owner: t, dependsOn: {al: [a]}}"),
    ("Service", "{owner: t, dependsOn: {any: []}}"),
    ("Service", "{owner: t, dependsOn: {atLeast: {count: 2}}}"),
    ("Service", "{owner: t, dependsOn: {atLeast: {count: 0, of: [a]}}}"),
    ("Party", "{type: vendor}"),
    ("Calendar", "{hours: {monday: ['08:00-18:00']}}"),
    ("Indicator", "{ratio: {good: a}}"),
    ("Backend", "{config: {}}"),
    ("Waiver", "{rule: SLA201, subject: x, reason: a, owner: b}"),
    ("Refactoring", "{moved: [{from: a}]}"),
    ("Workspace", "{}"),
    ("Workspace", "{organization: a, guard: {update: 0.3}}"),
    ("Workspace", "{organization: a, state: {type: file}}"),
]


@pytest.mark.parametrize(("kind", "spec"), REFUSED)
def test_a_wrong_document_is_refused_by_the_loader_and_in_the_editor(
    kind: str, spec: str, editor: jsonschema.Draft202012Validator
) -> None:
    data = document(kind, spec)
    assert not is_valid(data)
    assert not editor.is_valid(data)


@pytest.mark.parametrize("name", ["../x", "Acme", "a" * 64, "-a", "a_b", ""])
def test_a_name_that_is_no_label_is_refused(name: str) -> None:
    assert not is_valid(document("Party", "{type: customer}", name))


TERMS_THAT_NULL_REMOVES = [
    "status",
    "binding",
    "signed",
    "term",
    "hours",
    "maintenance",
    "fee",
    "liability",
    "indemnities",
    "insurance",
    "duties",
    "workload",
    "excludes",
    "exit",
    "reviews",
    "reporting",
    "priorities",
    "joint",
    "credits",
    "objectives",
    "backends",
]


@pytest.mark.parametrize("kind", ["SLA", "ServiceLevel"])
@pytest.mark.parametrize("term", TERMS_THAT_NULL_REMOVES)
def test_null_removes_an_inherited_term(kind: str, term: str) -> None:
    assert is_valid(document(kind, f"{{{term}: null}}"))


@pytest.mark.parametrize(
    "spec",
    [
        "{objectives: {availability: null}}",
        "{objectives: {availability: {window: null, hours: null, indicator: null, excludes: null, requires: null}}}",
        "{objectives: {availability: {measure: {countsAfter: null}, requires: {zones: null}}}}",
        "{term: {until: null, renewal: null, notice: {customer: null}}}",
        "{maintenance: {allowance: null, windows: null}}",
    ],
)
def test_null_removes_an_inherited_value_within_a_term(spec: str) -> None:
    assert is_valid(document("SLA", spec))


@pytest.mark.parametrize(
    "spec",
    [
        "{service: '${each.value}', fee: '${var.fee}', term: {from: '${var.start}'}}",
        "{excludes: ['${var.exclusion}'], objectives: {p1: {target: '${var.t}', share: '${var.share}'}}}",
    ],
)
def test_a_reference_may_stand_where_a_text_is_expected(
    spec: str, editor: jsonschema.Draft202012Validator
) -> None:
    assert editor.is_valid(document("SLA", spec, "edge-${each.key}"))
