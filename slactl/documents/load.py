"""A workspace's files to valid documents: find, read, substitute, repeat, type, validate."""

import glob
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import ContentCache, digest_of, packed
from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.mark import GENERATED
from slactl.base.text import did_you_mean
from slactl.documents.reader import decode, read_documents
from slactl.documents.schemas import API_VERSION, SCHEMA_OF_KIND, fast_validator, schema_folder, typed
from slactl.documents.variables import (
    DEFAULT_WORKSPACE,
    Given,
    Scope,
    check_declarations,
    collect_variables,
    substitute,
)

WORKSPACE_FILE = "slactl.yaml"
_KEEPS_NULLS = frozenset({"SLA", "OLA", "UC", "ServiceLevel"})
"""Kinds in which null removes an inherited value; elsewhere it is the same as leaving the key out."""


@dataclass(frozen=True, slots=True)
class Document:
    """One valid document; a repeated one appears once for each element."""

    kind: str
    name: str
    place: Place
    data: Mapping[str, Any]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The document's `spec`."""
        spec: Mapping[str, Any] = self.data.get("spec") or {}
        return spec

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The document's `metadata`."""
        metadata: Mapping[str, Any] = self.data["metadata"]
        return metadata


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that a workspace's files say, and what is wrong with them."""

    root: Path
    workspace: Document
    documents: tuple[Document, ...]
    """All but the workspace, in file order."""
    variables: Mapping[str, Any]
    digest: str
    """Over every file's name and content and every variable's value, sensitive ones left out."""
    problems: Diagnostics
    sensitive: frozenset[str] = frozenset()
    """Variables whose values are never shown."""


def load_workspace(
    root: Path, given: Given | None = None, *, cached: bool = True, selected: str = DEFAULT_WORKSPACE
) -> Bundle:
    """Read a workspace; `selected` is what `${workspace.name}` stands for.

    Problems inside documents are collected in the bundle; the documents that have them are left out.

    Raises:
        SlactlError: when there is no readable workspace file, and nothing else can be read without it.
    """
    problems = Diagnostics()
    workspace, beside = _read_workspace(root, problems)
    declared = workspace.spec.get("variables") or {}
    check_declarations(declared, problems, workspace.place)
    variables = collect_variables(declared, root, given or Given(), problems, workspace.place)
    sensitive = frozenset(
        name for name, one in declared.items() if isinstance(one, Mapping) and one.get("sensitive")
    )
    scope = Scope(variables, sensitive=sensitive, workspace=selected)
    cache_path = cache_folder(root) / "cache.db" if cached else None
    documents: list[Document] = list(_finish(beside, Place(WORKSPACE_FILE), scope, problems))
    digest = hashlib.blake2b(digest_size=16)
    with ContentCache(cache_path, _schemas_digest()) as parsed:
        reading = _Reading(root, scope, problems, parsed)
        for file in _find(root, workspace, problems):
            documents.extend(reading.documents_of(file))
            digest.update(file.encode() + b"\0" + reading.content)
    workspace = _with_variables(workspace, scope, problems)
    shown = sorted((name, value) for name, value in variables.items() if name not in sensitive)
    digest.update(repr((workspace.data, shown)).encode())
    return Bundle(root, workspace, tuple(documents), variables, digest.hexdigest(), problems, sensitive)


def _read_workspace(root: Path, problems: Diagnostics) -> tuple[Document, list[Any]]:
    """The workspace document, and the other documents of its file (None in its place)."""
    path = root / WORKSPACE_FILE
    if not root.is_dir():
        raise SlactlError(f"There is no folder {root}", "Give an existing one with -chdir=DIR.")
    if not path.exists():
        raise SlactlError(
            f"There is no {WORKSPACE_FILE} in {root}",
            "A workspace has one at its root. Begin with:\n"
            "  apiVersion: slactl/v1\n  kind: Workspace\n  metadata: {name: my-estate}\n  spec: {organization: my-org}",
        )
    raws = read_documents(decode(_bytes_of(path, WORKSPACE_FILE), WORKSPACE_FILE), WORKSPACE_FILE)
    found = [
        index for index, raw in enumerate(raws) if isinstance(raw, dict) and raw.get("kind") == "Workspace"
    ]
    if len(found) != 1:
        raise SlactlError(
            f"{WORKSPACE_FILE} must hold exactly one document of kind Workspace, and holds {len(found)}",
            "",
            Place(WORKSPACE_FILE),
        )
    place = Place(WORKSPACE_FILE, found[0])
    raw = raws[found[0]]
    raws[found[0]] = None
    faults = Diagnostics()
    document = _validated(_without_nulls(raw), place, faults)
    if document is None:
        faults.raise_errors()
        raise AssertionError("an invalid document has at least one error")
    problems.extend(faults.items)
    return document, raws


def _with_variables(workspace: Document, scope: Scope, problems: Diagnostics) -> Document:
    spec = {key: value for key, value in workspace.spec.items() if key != "variables"}
    filled = substitute(spec, replace(scope, secrets=True), workspace.place.at("spec"), problems)
    return Document(workspace.kind, workspace.name, workspace.place, {**workspace.data, "spec": filled})


def _find(root: Path, workspace: Document, problems: Diagnostics) -> Iterator[str]:
    """The files that the workspace names, as paths below its root, in name order."""
    patterns = workspace.spec.get("files") or ["**/*.yaml", "**/*.yml"]
    found: set[str] = set()
    for index, pattern in enumerate(patterns):
        place = workspace.place.at("spec", "files", index)
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            problems.error(f'"{pattern}" leads out of the workspace', "Name files below its folder.", place)
            continue
        # Path.glob would enter hidden folders and is three times slower
        everything = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - see above
        matches = [match for match in everything if (root / match).is_file()]
        if not matches and workspace.spec.get("files"):
            problems.error(f'No file matches "{pattern}"', "Correct the pattern, or create the file.", place)
        found.update(Path(match).as_posix() for match in matches)
    yield from sorted(file for file in found if file != WORKSPACE_FILE and not file.endswith(".slavars.yaml"))


def _bytes_of(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SlactlError(
            f"The file {shown} cannot be read: {error.strerror or error}",
            "Check that it exists and that you may read it.",
            Place(shown),
        ) from error


@dataclass(slots=True)
class _Reading:
    """Reads one file after the other."""

    root: Path
    scope: Scope
    problems: Diagnostics
    parsed: ContentCache
    content: bytes = b""
    """Digest of the file that was read last."""

    def documents_of(self, file: str) -> list[Document]:
        """A file's valid documents; what is wrong is collected."""
        self.content = b""
        try:
            return list(self._read(file))
        except SlactlError as error:
            self.problems.extend(error.diagnostics)
            return []

    def _read(self, file: str) -> Iterator[Document]:
        raw = _bytes_of(self.root / file, file)
        if raw.startswith(GENERATED.encode()):
            return
        self.content = digest_of(raw)
        known = self.parsed.get(self.content)
        if known is not None:
            yield from _known_documents(known, file)
            return
        documents = read_documents(decode(raw, file), file)
        fixed = b"${" not in raw and b"forEach" not in raw
        memory = packed(documents) if fixed else None
        before = len(self.problems.items)
        yield from _finish(documents, Place(file), None if fixed else self.scope, self.problems)
        if memory is not None and len(self.problems.items) == before:
            self.parsed.put(self.content, memory)


def _known_documents(documents: list[Any], file: str) -> Iterator[Document]:
    """Documents that were valid before, typed again (the cache holds them as text) but not validated again."""
    for index, data in enumerate(documents):
        if data is not None:
            kind = data["kind"]
            whole = typed(SCHEMA_OF_KIND[kind], data if kind in _KEEPS_NULLS else _without_nulls(data))
            yield Document(kind, whole["metadata"]["name"], Place(file, index), whole)


def _finish(
    documents: list[Any], file: Place, scope: Scope | None, problems: Diagnostics
) -> Iterator[Document]:
    """Valid documents; `scope` is None where the file refers to nothing and repeats nothing."""
    for index, raw in enumerate(documents):
        if raw is None:
            continue
        place = Place(file.file, index)
        pieces = [(raw, place)] if scope is None else _repeated(raw, place, scope, problems)
        for data, at in pieces:
            document = _validated(data, at, problems)
            if document is not None:
                yield document


def _repeated(raw: Any, place: Place, scope: Scope, problems: Diagnostics) -> Iterator[tuple[Any, Place]]:
    """The document with its references filled in, once, or once for each element of its `forEach`."""
    secrets = isinstance(raw, dict) and raw.get("kind") == "Backend"
    if not isinstance(raw, dict) or "forEach" not in raw:
        yield substitute(raw, replace(scope, secrets=secrets), place, problems), place
        return
    body = {key: value for key, value in raw.items() if key != "forEach"}
    before = len(problems.items)
    elements = substitute({"": raw["forEach"]}, scope, place.at("forEach"), problems)[""]
    if len(problems.items) > before:
        return
    for key, value in _elements(elements, place.at("forEach"), problems):
        at = Place(place.file, place.document, element=key)
        one = replace(scope, each={"key": key, "value": value}, secrets=secrets)
        yield substitute(body, one, at, problems), at


def _elements(elements: Any, place: Place, problems: Diagnostics) -> Iterator[tuple[str, Any]]:
    """Keys with their values; a key that is missing or stands twice is reported."""
    if isinstance(elements, dict):
        yield from elements.items()
        return
    if not isinstance(elements, list):
        problems.error("forEach must be a list or a mapping", "", place)
        return
    seen: set[str] = set()
    for number, element in enumerate(elements, start=1):
        key = element.get("key", "") if isinstance(element, dict) else element
        if not isinstance(key, str) or not key:
            problems.error(
                f"Element {number} of forEach has no key",
                "In a list each element is a text, or a mapping with `key`. Otherwise write a mapping.",
                place,
            )
        elif key in seen:
            problems.error(
                f'forEach has "{key}" twice', "Each document that it makes is named after its element.", place
            )
        else:
            seen.add(key)
            yield key, element


def _validated(data: Any, place: Place, problems: Diagnostics) -> Document | None:
    """The document, typed, if its envelope and its schema hold; what is wrong is reported."""
    if not _envelope_holds(data, place, problems):
        return None
    kind = data["kind"]
    schema = SCHEMA_OF_KIND[kind]
    whole = typed(schema, data if kind in _KEEPS_NULLS else _without_nulls(data))
    if not fast_validator(schema).is_valid(whole):
        from slactl.documents.problems import schema_problems  # noqa: PLC0415 - words are needed for errors only

        problems.extend(schema_problems(schema, whole, place))
        return None
    return Document(kind, whole["metadata"]["name"], place, whole)


def _envelope_holds(data: Any, place: Place, problems: Diagnostics) -> bool:
    if not isinstance(data, dict):
        problems.error(
            "A document must be a mapping",
            f"It begins with apiVersion: {API_VERSION}, kind, metadata and spec.",
            place,
        )
        return False
    version, kind = data.get("apiVersion"), data.get("kind")
    if isinstance(version, str) and version.startswith("openslo/"):
        problems.error(
            f"OpenSLO documents ({version}) are not read yet",
            f"Write the agreement as apiVersion: {API_VERSION}, or leave the file out with spec.files.",
            place.at("apiVersion"),
        )
        return False
    if version != API_VERSION:
        problems.error(
            f'apiVersion must be "{API_VERSION}"' if version is not None else "apiVersion is missing",
            f"The document must begin with apiVersion: {API_VERSION}.",
            place.at("apiVersion"),
        )
        return False
    if not isinstance(kind, str) or kind not in SCHEMA_OF_KIND:
        problems.error(
            f'There is no kind "{kind}"' if isinstance(kind, str) else "kind is missing, or no text",
            f"The kinds are {', '.join(SCHEMA_OF_KIND)}.{did_you_mean(str(kind), SCHEMA_OF_KIND)}",
            place.at("kind"),
        )
        return False
    return True


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_without_nulls(value) for value in data if value is not None]
    return data


@cache
def _schemas_digest() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(schema_folder().glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
