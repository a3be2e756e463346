"""The JSON Schemas: valid, described, and true to the language's page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slactl.documents.reader import read_documents
from slactl.documents.schemas import SCHEMA_OF_KIND, bundled, fast_validator, typed

FIXTURES = Path(__file__).parent / "fixtures"


def schemas(repository: Path) -> dict[str, Any]:
    return {
        path.name: json.loads(path.read_text()) for path in sorted((repository / "schemas").glob("*.json"))
    }


def properties_of(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        for name, below in schema.get("properties", {}).items():
            yield f"{path}.{name}", below
        for key, below in schema.items():
            yield from properties_of(below, f"{path}.{key}")
    elif isinstance(schema, list):
        for below in schema:
            yield from properties_of(below, path)


def test_every_schema_is_valid_and_every_property_described(repository: Path) -> None:
    found = schemas(repository)
    assert len(found) == len(set(SCHEMA_OF_KIND.values())) + 3  # common, slactl, and the calculator's input
    for name, schema in found.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        missing = [path for path, below in properties_of(schema) if not below.get("description")]
        assert not missing, f"{name}: {missing}"


@pytest.mark.parametrize("index", range(18))
def test_every_document_of_the_languages_page_is_valid(index: int) -> None:
    documents = read_documents((FIXTURES / "language.yaml").read_text(), "language.yaml")
    assert len(documents) == 18
    data = documents[index]
    name = SCHEMA_OF_KIND[data["kind"]]
    whole = typed(name, data)
    errors = [error.message for error in jsonschema.Draft202012Validator(bundled(name)).iter_errors(whole)]
    assert errors == []
    assert fast_validator(name).is_valid(whole)
