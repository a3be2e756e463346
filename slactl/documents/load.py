"""A workspace's files to valid documents: find, read, substitute, repeat, type, validate."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import ContentCache, packed
from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.quick_dataclass import dataclass, field, replace
from slactl.documents.document import Document, known_valid, validated
from slactl.documents.lost import Lost
from slactl.documents.reader import decode, read_documents
from slactl.documents.schemas import schema_folder
from slactl.documents.survey import (
    GENERATED_DIGEST,
    File,
    Survey,
    bytes_of,
    digest_of_agreements,
    digest_of_all,
    survey_workspace,
)
from slactl.documents.variables import DEFAULT_WORKSPACE, Given, Scope, substitute


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
    lost: Lost = field(default_factory=Lost)
    """What was left out of the documents, since something is wrong with it."""


def load_workspace(
    root: Path, given: Given | None = None, *, cached: bool = True, selected: str = DEFAULT_WORKSPACE
) -> Bundle:
    """Read a workspace; `selected` is what `${workspace.name}` stands for.

    Problems inside documents are collected in the bundle; the documents that have them are left out.

    Raises:
        SlactlError: when there is no readable workspace file, and nothing else can be read without it.
    """
    return read_surveyed(survey_workspace(root, given, cached=cached, selected=selected), cached=cached)


def read_surveyed(survey: Survey, *, cached: bool = True) -> Bundle:
    """Read the files of a workspace that was looked at."""
    root, scope, problems = survey.root, survey.scope, survey.problems
    cache_path = cache_folder(root) / "cache.db" if cached else None
    lost = Lost()
    documents: list[Document] = list(
        _finish(survey.beside, Place(survey.workspace.place.file), scope, problems, lost)
    )
    digests: list[tuple[str, str]] = []
    with ContentCache(cache_path, _schemas_digest()) as parsed:
        reading = _Reading(root, scope, problems, parsed, lost)
        for file in survey.files:
            documents.extend(reading.documents_of(file))
            digests.append((file.name, reading.digest))
    problems.extend(survey.last_problems.items)
    digest = digest_of_all(iter(digests), survey.workspace, survey.beside, scope)
    return Bundle(
        root, survey.workspace, tuple(documents), scope.variables, digest, problems, scope.sensitive, lost
    )


@dataclass(slots=True)
class _Reading:
    """Reads one file after the other."""

    root: Path
    scope: Scope
    problems: Diagnostics
    parsed: ContentCache
    lost: Lost
    digest: str = ""
    """Of the file that was read last: it may have changed since it was looked at."""

    def documents_of(self, file: File) -> list[Document]:
        """A file's valid documents; what is wrong is collected."""
        self.digest = ""
        try:
            return list(self._read(file))
        except SlactlError as error:
            self.problems.extend(error.diagnostics)
            self._note_torn(file)
            return []

    def _note_torn(self, file: File) -> None:
        try:
            raw = bytes_of(self.root / file.name, file.name) if file.content is None else file.content
        except SlactlError:
            self.lost.unnamed = True
        else:
            self.lost.torn.append(raw.decode("utf-8", "replace"))

    def _read(self, file: File) -> Iterator[Document]:
        if file.digest == GENERATED_DIGEST:
            return
        known = None if file.digest is None else self.parsed.get(bytes.fromhex(file.digest))
        if known is not None and file.digest is not None:
            self.digest = file.digest
            nulls = self.parsed.may_hold_null(bytes.fromhex(file.digest))
            yield from _known_documents(known, file.name, nulls=nulls)
            return
        raw = bytes_of(self.root / file.name, file.name) if file.content is None else file.content
        digest = digest_of_agreements(raw)
        self.digest = digest.hex()
        if self.digest == GENERATED_DIGEST:
            return
        documents = read_documents(decode(raw, file.name), file.name)
        fixed = b"${" not in raw and b"forEach" not in raw
        memory = packed(documents) if fixed and self.parsed.remembers else None
        before = len(self.problems.items)
        yield from _finish(
            documents, Place(file.name), None if fixed else self.scope, self.problems, self.lost
        )
        if memory is not None and len(self.problems.items) == before:
            self.parsed.put(digest, memory)


def _known_documents(documents: list[Any], file: str, *, nulls: bool) -> Iterator[Document]:
    """Documents that were valid before; `nulls` says whether there may be a null in them."""
    for index, data in enumerate(documents):
        if data is not None:
            yield known_valid(data, Place(file, index), nulls=nulls)


def _finish(
    documents: list[Any], file: Place, scope: Scope | None, problems: Diagnostics, lost: Lost
) -> Iterator[Document]:
    """Valid documents; `scope` is None where the file refers to nothing and repeats nothing."""
    for index, raw in enumerate(documents):
        if raw is None:
            continue
        place, before = Place(file.file, index), len(problems.items)
        pieces = [(raw, place)] if scope is None else _repeated(raw, place, scope, problems)
        repeated = 0
        for repeated, (data, at) in enumerate(pieces, start=1):  # noqa: B007 - counts them
            document = validated(data, at, problems)
            if document is not None:
                yield document
            else:
                lost.note(data)
        if not repeated and len(problems.items) > before:
            lost.unnamed = True


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


@cache
def _schemas_digest() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(schema_folder().glob("*.json")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
