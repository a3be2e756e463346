"""Rule files: a header that marks them as ours, and a body that is YAML for Prometheus."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml

from slactl.base.content_cache import ContentCache, digest_of, packed
from slactl.base.mark import GENERATED

_HEADER = re.compile(
    re.escape(GENERATED)
    + r"[^\n]*\n# workspace: (?P<workspace>[^\n]*)\n# address: (?P<address>[^\n]*)\n# digest: (?P<digest>[0-9a-f]{64})\n"
)
SUFFIX = ".yaml"
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_WRAPPING = 1 << 20


class _Loader(_SafeLoader):  # type: ignore[misc]  # chosen at run time: libyaml's where it is there
    """A date that somebody wrote into a file is text, as it is for Prometheus: bodies are JSON data."""

    yaml_implicit_resolvers: ClassVar[Any] = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in _SafeLoader.yaml_implicit_resolvers.items()
    }


class _Dumper(_SafeDumper):  # type: ignore[misc]  # chosen at run time: libyaml's where it is there
    """Texts of several lines as blocks, so that people can read the expressions."""


def _represent_text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


@dataclass(frozen=True, slots=True)
class Marked:
    """What a marked file says."""

    workspace: str
    address: str
    body: Mapping[str, Any]


def file_name(workspace: str, address: str) -> str:
    """The name of an object's file: names are DNS labels, so nothing can lead out of the folder."""
    return f"slactl.{workspace}.{address}{SUFFIX}"


def file_text(workspace: str, address: str, body: Mapping[str, Any]) -> str:
    """A whole file."""
    return (
        f"{GENERATED}. Do not edit: the next apply writes it anew from the agreements.\n"
        f"# workspace: {workspace}\n# address: {address}\n# digest: {body_digest(body)}\n"
        + yaml.dump(
            body,
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=_NO_WRAPPING,
            default_flow_style=False,
        )
    )


def body_digest(body: Mapping[str, Any]) -> str:
    """A digest of what a file holds."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def in_normal_form(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with its groups by name: Prometheus evaluates them side by side, so their order means nothing.

    Rules within a group keep theirs: they are evaluated one after the other.
    """
    groups = body.get("groups")
    named = isinstance(groups, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in groups
    )
    return {**body, "groups": sorted(groups or (), key=lambda one: one["name"])} if named else body


def workspace_of(text: str) -> str | None:
    """The workspace that wrote a file, or None for a file that is not ours."""
    header = _HEADER.match(text)
    return header["workspace"] if header else None


def parse_file(text: str) -> Marked | None:
    """What a marked file says, or None for a file that is not ours.

    A body that was edited into something that is no YAML mapping comes back as what it is: it differs from every body that
    slactl writes, and is written anew.
    """
    header = _HEADER.match(text)
    if header is None:
        return None
    try:
        body = _loaded(text[header.end() :])
    except yaml.YAMLError as error:
        body = {"unreadable": str(error).splitlines()[0]}
    if not isinstance(body, Mapping):
        body = {"unreadable": "the file holds no mapping"}
    return Marked(header["workspace"], header["address"], in_normal_form(body))


class Files:
    """Reads marked files; one that did not change since it was read last is not parsed again."""

    def __init__(self, known: ContentCache) -> None:
        self._known = known

    def parse(self, content: bytes) -> Marked | None:
        """What a file holds, or None for one that is not ours, or no UTF-8: we write UTF-8."""
        digest = digest_of(content)
        before = self._known.get(digest)
        if before is not None:
            return Marked(*before)
        try:
            found = parse_file(content.decode())
        except UnicodeDecodeError:
            return None
        if found is not None:
            self._known.put(digest, packed([found.workspace, found.address, found.body]))
        return found


def parse_rules(text: str) -> Mapping[str, Any] | None:
    """What a rule file of others holds, or None where that is no YAML mapping."""
    try:
        body = _loaded(text)
    except yaml.YAMLError:
        return None
    return body if isinstance(body, Mapping) else None


def _loaded(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, from libyaml where it is there
