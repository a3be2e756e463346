"""One object of ours in the file: a block of list items between two comments, which say whose it is."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

BEGIN = re.compile(
    r"[ ]*# slactl begin: workspace=(?P<workspace>\S+) address=(?P<address>\S+) digest=(?P<digest>[0-9a-f]{64})\r?\n?\Z"
)
END = re.compile(r"[ ]*# slactl end: (?P<address>\S+)\r?\n?\Z")
_REFERENCES = re.compile(r"[ ]*# slactl secrets: (?P<references>\{.*\})\r?\n?\Z")
_PLAIN = re.compile(r"true|false|-?\d+(\.\d+)?")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SECTIONS = {
    "hours": "time_intervals",
    "maintenance": "time_intervals",
    "receiver": "receivers",
    "inhibit": "inhibit_rules",
    "route": "routes",
}
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Texts that YAML takes for something else."""
UNREADABLE = "unreadable"
"""What a body has where somebody made something of a block that is no YAML."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it stands in the file: its lines, marks included."""

    workspace: str
    address: str
    lines: tuple[str, ...] = field(repr=False)
    """With their ends; they may hold secrets."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Where secrets were put in, and which."""

    @property
    def section(self) -> str:
        """The list of the file that it belongs to."""
        return section_of(self.address)

    def items(self) -> Any:
        """What stands between the marks, every value as text.

        Raises:
            ValueError: when it is no YAML.
        """
        try:
            return yaml.load("".join(self.lines), Loader=_Loader)  # noqa: S506 - texts, lists and mappings alone
        except yaml.YAMLError as error:
            problem = str(getattr(error, "problem", None) or "it is no YAML")
            raise ValueError(problem) from None

    def indented(self, spaces: int) -> "Block":
        """The same block for a list whose dashes stand so far in."""
        first = len(self.lines[0]) - len(self.lines[0].lstrip(" "))
        if first == spaces:
            return self
        cut = (line[min(first, len(line) - len(line.lstrip(" "))) :] for line in self.lines)
        return Block(
            self.workspace, self.address, tuple(" " * spaces + line for line in cut), self.references
        )


def section_of(address: str) -> str:
    """The list of the file that an object's items stand in."""
    return _SECTIONS[address.split(".", 2)[1]]


def read_block(lines: tuple[str, ...]) -> Block:
    """A block from its lines; the first and the last are its marks."""
    begin = BEGIN.match(lines[0])
    if begin is None:
        raise ValueError("a block begins with its mark")
    return Block(begin["workspace"], begin["address"], lines, _references(lines))


def _references(lines: tuple[str, ...]) -> dict[str, str]:
    found = _REFERENCES.match(lines[1]) if len(lines) > 1 else None
    try:
        known = json.loads(found["references"]) if found else {}
    except ValueError:
        return {}  # somebody edited the comment: what was put in is recognized by its value alone
    return {str(path): str(reference) for path, reference in known.items()}


def new_block(
    workspace: str,
    address: str,
    body: Mapping[str, Any],
    filled: Mapping[str, Any],
    references: Mapping[str, str],
) -> Block:
    """The block of a body; `filled` is the body with its secrets put in."""
    lines = [f"# slactl begin: workspace={workspace} address={address} digest={digest(body)}"]
    if references:
        lines.append(f"# slactl secrets: {json.dumps(references, sort_keys=True)}")
    lines += _emitted(filled.get(section_of(address), []))
    lines.append(f"# slactl end: {address}")
    return Block(workspace, address, tuple(f"{line}\n" for line in lines), references)


def digest(body: Mapping[str, Any]) -> str:
    """A digest of a body, in which secrets are references."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _emitted(value: Any) -> Iterator[str]:
    """YAML lines; a text is written so that Alertmanager may take it for what its field wants."""
    if _on_one_line(value):
        yield _inline(value)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _under(f"{_key(str(key))}:", below)
    else:
        for below in value:
            first, *rest = _emitted(below)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)


def _under(key: str, value: Any) -> Iterator[str]:
    if _on_one_line(value):
        yield f"{key} {_inline(value)}"
    else:
        yield key
        yield from (f"  {line}" for line in _emitted(value))


def _on_one_line(value: Any) -> bool:
    """Texts, lists of them, and what is empty."""
    return (
        not value
        or isinstance(value, str)
        or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    )


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return scalar(value)
    return f"[{', '.join(map(scalar, value))}]" if isinstance(value, list) else "{}"


def _key(text: str) -> str:
    return text if _PLAIN_KEY.fullmatch(text) and text.lower() not in _WORDS else _quoted(text)


def scalar(text: str) -> str:
    """A text as YAML: bare where its type may be another one, quoted otherwise."""
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
