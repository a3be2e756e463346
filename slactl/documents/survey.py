"""What a workspace consists of, before its files are parsed: which files, what they hold by digest, which variables."""

import glob
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import digest_of
from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.file_digests import FileDigests
from slactl.base.mark import GENERATED
from slactl.base.quick_dataclass import dataclass, replace
from slactl.documents.document import Document, validated, without_nulls
from slactl.documents.reader import decode, read_documents
from slactl.documents.variables import (
    DEFAULT_WORKSPACE,
    Given,
    Scope,
    check_declarations,
    collect_variables,
    substitute,
)

WORKSPACE_FILE = "slactl.yaml"
GENERATED_DIGEST = ""
"""Of a file that slactl wrote: it holds no agreements, so what stands in it changes nothing."""
_GENERATED = GENERATED.encode()


@dataclass(frozen=True, slots=True)
class File:
    """One of the workspace's files."""

    name: str
    """Its path below the workspace's folder."""
    digest: str | None
    """Of its bytes, or `GENERATED_DIGEST`; None where it cannot be read."""
    content: bytes | None
    """Its bytes, where they had to be read."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A workspace's files by digest, and its variables: everything that its documents are a function of."""

    root: Path
    workspace: Document
    """With its variables filled in."""
    beside: list[Any]
    """The other documents of the workspace's file, as they were read; None in the workspace's place."""
    own_digest: str
    """Of the bytes of the workspace's file: what stands on which line of it."""
    files: tuple[File, ...]
    """In name order; the workspace's own is left out."""
    scope: Scope
    digest: str
    """Over every file's name and content and every variable's value, sensitive ones left out."""
    problems: Diagnostics
    """What is wrong so far, in two parts: those of variables come before those of documents, the workspace's own behind."""
    last_problems: Diagnostics

    @property
    def found_problems(self) -> bool:
        """Whether anything is wrong already."""
        return bool(self.problems.items or self.last_problems.items)


def survey_workspace(
    root: Path, given: Given | None = None, *, cached: bool = True, selected: str = DEFAULT_WORKSPACE
) -> Survey:
    """Look at a workspace; `selected` is what `${workspace.name}` stands for.

    Raises:
        SlactlError: when there is no readable workspace file, and nothing else can be read without it.
    """
    problems, last = Diagnostics(), Diagnostics()
    workspace, beside, own_digest = _read_workspace(root, problems)
    declared = workspace.spec.get("variables") or {}
    check_declarations(declared, problems, workspace.place)
    variables = collect_variables(declared, root, given or Given(), problems, workspace.place)
    scope = Scope(variables, sensitive=_sensitive(declared), workspace=selected)
    names = _find(root, workspace, problems)
    workspace = _with_variables(workspace, scope, last)
    with FileDigests(cache_folder(root) / "files.json" if cached else None, digest_of_agreements) as digests:
        folder = os.path.join(root, "")  # noqa: PTH118 - joined with ten thousand names
        files = tuple(_look(folder, name, digests) for name in names)
    digest = digest_of_all(((one.name, one.digest or "") for one in files), workspace, beside, scope)
    return Survey(root, workspace, beside, own_digest, files, scope, digest, problems, last)


def survey_root(
    root: Path, given: Given | None = None, *, selected: str = DEFAULT_WORKSPACE
) -> tuple[Document, Scope]:
    """The workspace document alone, with its `files` and `state`, for commands that need nothing else of the files.

    Other files may be missing or broken, and variables that the state's place does not name may be without a value.

    Raises:
        SlactlError: when there is no valid workspace file, or what is given is wrong.
    """
    problems = Diagnostics()
    workspace, _, _ = _read_workspace(root, problems)
    declared = workspace.spec.get("variables") or {}
    check_declarations(declared, problems, workspace.place)
    variables = collect_variables(declared, root, given or Given(), problems, workspace.place, complete=False)
    scope = Scope(variables, sensitive=_sensitive(declared), workspace=selected)
    needed = {key: workspace.spec[key] for key in ("organization", "files", "state") if key in workspace.spec}
    bare = replace(workspace, data={**workspace.data, "spec": needed})
    document = _with_variables(bare, scope, problems)
    problems.raise_errors()
    return document, scope


def _sensitive(declared: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        name for name, one in declared.items() if isinstance(one, Mapping) and one.get("sensitive")
    )


def digest_of_agreements(content: bytes) -> bytes:
    """By what a file of agreements is known: generated files hold none."""
    return b"" if content.startswith(_GENERATED) else digest_of(content)


def digest_of_all(
    files: Iterator[tuple[str, str]], workspace: Document, beside: list[Any], scope: Scope
) -> str:
    """A digest of all files, by name and digest, and all variables; sensitive ones are left out.

    Of the workspace's file it takes what the documents say: the default of a sensitive variable may stand there, too.
    """
    digest = hashlib.blake2b(digest_size=16)
    for name, one in files:
        digest.update(f"{name}\0{one}\n".encode(errors="surrogateescape"))
    shown = sorted((name, value) for name, value in scope.variables.items() if name not in scope.sensitive)
    digest.update(repr((workspace.data, beside, shown)).encode())
    return digest.hexdigest()


def _read_workspace(root: Path, problems: Diagnostics) -> tuple[Document, list[Any], str]:
    """The workspace document, the other documents of its file (None in its place), and a digest of its bytes."""
    path = root / WORKSPACE_FILE
    if not root.is_dir():
        raise SlactlError(f"There is no folder {root}", "Give an existing one with -chdir=DIR.")
    if not path.exists():
        raise SlactlError(
            f"There is no {WORKSPACE_FILE} in {root}",
            "A workspace has one at its root. Begin with:\n"
            "  apiVersion: slactl/v1\n  kind: Workspace\n  metadata: {name: my-estate}\n  spec: {organization: my-org}",
        )
    content = bytes_of(path, WORKSPACE_FILE)
    raws = read_documents(decode(content, WORKSPACE_FILE), WORKSPACE_FILE)
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
    document = validated(without_nulls(raw), place, faults)
    if document is None:
        faults.raise_errors()
        raise AssertionError("an invalid document has at least one error")
    problems.extend(faults.items)
    return document, raws, digest_of(content).hex()


def _with_variables(workspace: Document, scope: Scope, problems: Diagnostics) -> Document:
    spec = {key: value for key, value in workspace.spec.items() if key != "variables"}
    filled = substitute(spec, replace(scope, secrets=True), workspace.place.at("spec"), problems)
    return Document(workspace.kind, workspace.name, workspace.place, {**workspace.data, "spec": filled})


def _find(root: Path, workspace: Document, problems: Diagnostics) -> list[str]:
    """The files that the workspace names, as paths below its root, in name order."""
    patterns = workspace.spec.get("files") or ["**/*.yaml", "**/*.yml"]
    found: set[str] = set()
    folder = os.path.join(root, "")  # noqa: PTH118 - joined with ten thousand names
    for index, pattern in enumerate(patterns):
        place = workspace.place.at("spec", "files", index)
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            problems.error(f'"{pattern}" leads out of the workspace', "Name files below its folder.", place)
            continue
        # Path.glob would enter hidden folders and is three times slower
        everything = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - see above
        matches = [match for match in everything if os.path.isfile(folder + match)]  # noqa: PTH113 - the same
        for lost in [match for match in everything if not os.path.exists(folder + match)]:  # noqa: PTH110 - the same
            problems.error(
                f"{lost} is a link that leads nowhere",
                "Remove it, or bring back the file: what it promises would be passed over.",
                Place(lost),
            )
        if not matches and workspace.spec.get("files"):
            problems.error(f'No file matches "{pattern}"', "Correct the pattern, or create the file.", place)
        found.update(matches if os.sep == "/" else (Path(match).as_posix() for match in matches))
    return sorted(file for file in found if file != WORKSPACE_FILE and not file.endswith(".slavars.yaml"))


def _look(folder: str, name: str, digests: FileDigests) -> File:
    try:
        seen = digests.see(folder + name)
    except OSError:
        return File(name, None, None)  # whoever reads it says why it cannot be read
    return File(name, None, None) if seen is None else File(name, seen.digest, seen.content)


def bytes_of(path: Path, shown: str) -> bytes:
    """A file's bytes; `shown` is how messages call it.

    Raises:
        SlactlError: when it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SlactlError(
            f"The file {shown} cannot be read: {error.strerror or error}",
            "Check that it exists and that you may read it.",
            Place(shown),
        ) from error
