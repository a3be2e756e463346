"""The usual form of agreement files: indentation and spacing made alike; comments, order, quotes and words kept.

Two spaces for a mapping, list items two further in; flow style (`{a: b}`) stays where it was chosen.
"""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver

from slactl.base.diagnostics import Place, SlactlError
from slactl.documents.reader import read_documents

_NO_WRAPPING = 1 << 16


class _TextsAlone(VersionedResolver):
    """Every scalar is text: `NO`, `08:00` and `010` come back as they were written."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        """No implicit types at all."""
        return {}


def formatted(text: str, shown: str) -> str:
    """The text of a file in the usual form.

    Raises:
        InvalidFiles: when the text is not valid YAML.
        SlactlError: when the form cannot be changed without changing what the file says; nothing is lost then.
    """
    before = read_documents(text, shown)
    try:
        after = _round_trip(text)
        same = read_documents(after, shown) == before
    except (YAMLError, SlactlError):
        same = False
    if not same:
        raise SlactlError(
            f"{shown} cannot be formatted without changing what it says",
            "It stays as it is. Simplify its unusual YAML (tags, complex keys, anchors).",
            Place(shown),
        )
    return after


def _round_trip(text: str) -> str:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _NO_WRAPPING
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.Resolver = _TextsAlone
    documents = list(yaml.load_all(text))
    output = StringIO()
    yaml.dump_all(documents, output)
    lines = [line.rstrip() for line in output.getvalue().splitlines()]
    explicit = text.lstrip().startswith("---")
    return ("---\n" if explicit and lines[:1] != ["---"] else "") + "\n".join(lines).strip("\n") + "\n"
