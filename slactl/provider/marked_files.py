"""Files that are marked as ours: whose workspace wrote one, for which object, and what it holds."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

import yaml

from slactl.base.mark import GENERATED
from slactl.base.quick_dataclass import dataclass

_HEADER = re.compile(
    re.escape(GENERATED)
    + r"[^\n]*\n# workspace: (?P<workspace>[^\n]*)\n# address: (?P<address>[^\n]*)\n# digest: (?P<digest>[0-9a-f]{64})\n"
)
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_WRAPPING = 1 << 20

Body = Mapping[str, Any]


class _Loader(_SafeLoader):  # type: ignore[misc]  # chosen at run time: libyaml's where it is there
    """A date that somebody wrote into a file is text, as it is for most programs: bodies are JSON data."""

    yaml_implicit_resolvers: ClassVar[Any] = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in _SafeLoader.yaml_implicit_resolvers.items()
    }


class _Dumper(_SafeDumper):  # type: ignore[misc]  # chosen at run time: libyaml's where it is there
    """Texts of several lines as blocks, so that people can read them."""


def _represent_text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


@dataclass(frozen=True, slots=True)
class Marked:
    """What a marked file says."""

    workspace: str
    address: str
    body: Body


class Form(Protocol):
    """How an object is written as a file of its own, with our mark in it."""

    @property
    def suffix(self) -> str:
        """How names of such files end: `.yaml`."""

    def text(self, workspace: str, address: str, body: Body) -> str:
        """A whole file."""

    def parse(self, text: str) -> Marked | None:
        """What a marked file says, or None for a file that is not ours.

        A body that was edited into something else comes back as what it is, or as `unreadable`: it differs from every body that
        slactl writes, and is written anew.
        """

    def workspace_of(self, text: str) -> str | None:
        """The workspace that wrote a file, or None for a file that is not ours."""


def file_name(workspace: str, address: str, suffix: str) -> str:
    """The name of an object's file: names are DNS labels, so nothing can lead out of the folder."""
    return f"slactl.{workspace}.{address}{suffix}"


def body_digest(body: Body) -> str:
    """A digest of what a file holds."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def yaml_text(body: Body) -> str:
    """A body as YAML that people can read, its keys in its own order."""
    text: str = yaml.dump(
        body,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_NO_WRAPPING,
        default_flow_style=False,
    )
    return text


def load_yaml(text: str) -> Any:
    """What a YAML file holds, as JSON data.

    Raises:
        yaml.YAMLError: when it is none.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, from libyaml where it is there


def _as_it_is(body: Body) -> Body:
    return body


@dataclass(frozen=True, slots=True)
class YamlForm:
    """YAML below a header of comments that marks it as ours."""

    normal: Callable[[Body], Body] = _as_it_is
    """The normal form of a body, for files in which somebody changed what means nothing."""
    suffix: str = ".yaml"

    def text(self, workspace: str, address: str, body: Body) -> str:
        """A whole file."""
        return (
            f"{GENERATED}. Do not edit: the next apply writes it anew from the agreements.\n"
            f"# workspace: {workspace}\n# address: {address}\n# digest: {body_digest(body)}\n{yaml_text(body)}"
        )

    def parse(self, text: str) -> Marked | None:
        """What a marked file says, or None for a file that is not ours."""
        header = _HEADER.match(text)
        if header is None:
            return None
        try:
            body = load_yaml(text[header.end() :])
        except yaml.YAMLError as error:
            body = {"unreadable": str(error).splitlines()[0]}
        if not isinstance(body, Mapping):
            body = {"unreadable": "the file holds no mapping"}
        return Marked(header["workspace"], header["address"], self.normal(body))

    def workspace_of(self, text: str) -> str | None:
        """The workspace that wrote a file, or None for a file that is not ours."""
        header = _HEADER.match(text)
        return header["workspace"] if header else None
