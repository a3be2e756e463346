"""`slactl import`: what could be taken over, written out as a document to review."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically
from slactl.base.text import did_you_mean, plural
from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.planning import Session, compile_all, open_session, read_backends
from slactl.plan.imports import all_imports
from slactl.plan.objects import merged
from slactl.provider import Adopting, Candidate, Resource
from slactl.state.records import Snapshot


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("backend", nargs="?", metavar="BACKEND", help="look into this one alone")
    parser.add_argument("--out", metavar="FILE", help="write the document there; a file is never overwritten")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """List objects of others that wanted ones could be made from; nothing is changed anywhere. Exit code 0."""
    session = open_session(parsed, console)
    target = Path(parsed.out) if parsed.out else None
    if target is not None and target.exists():
        raise SlactlError(f"{target} is there already", "Name another file: nothing is overwritten.")
    found = [*_unambiguous(_offered(session, parsed.backend, console), console)]
    if not found:
        console.error("Nothing was found that could be taken over for what the files want.")
        return 0
    text = _document(found, _name(session))
    if target is None:
        console.print(text.rstrip())
        return 0
    write_atomically(target, text)
    console.print(
        f"Wrote {plural(len(found), 'import')} to {target}. Review it; `slactl plan` shows what would change."
    )
    return 0


def _offered(session: Session, only: str | None, console: Console) -> Iterator[Candidate]:
    backends = session.estate.backends
    if only is not None and only not in backends:
        raise SlactlError(f'There is no backend "{only}"', did_you_mean(only, backends).strip())
    snapshot = session.store.read()
    for name, wanted in _missing(session, snapshot).items():
        if only in (None, name) and wanted:
            for one in _candidates(session, name, wanted, console):
                known = snapshot.resources.get(one.address)
                if known is None or known.id == one.id:  # that one has lost its mark
                    yield one


def _missing(session: Session, snapshot: Snapshot) -> dict[str, list[Resource]]:
    """What the files want and no backend has as ours, by backend; imports that are written already are left out."""
    seen = read_backends(session, snapshot)
    there = {one.address for readings in seen.values() for one in readings}
    there |= {one.target for one in all_imports(session.estate)}
    missing: dict[str, list[Resource]] = {name: [] for name in session.estate.backends}
    for address, one in merged(compile_all(session)).items():
        if address not in there:
            missing[one.backend].append(one)
    return missing


def _candidates(
    session: Session, name: str, wanted: Sequence[Resource], console: Console
) -> Sequence[Candidate]:
    with session.connect(name) as connection:
        if isinstance(connection, Adopting):
            return connection.importable(wanted)
    console.error(f"The provider of {name} takes nothing over.")
    return ()


def _unambiguous(found: Iterable[Candidate], console: Console) -> Iterator[Candidate]:
    """Each that fits one address and that no other fits; the rest is said."""
    candidates = sorted(found, key=lambda one: (one.address, one.id))
    addresses = Counter(one.address for one in candidates)
    ids = Counter((one.address.split(".", 1)[0], one.id) for one in candidates)
    for one in candidates:
        if addresses[one.address] == 1 and ids[one.address.split(".", 1)[0], one.id] == 1:
            yield one
        else:
            console.error(f"Left out, as it is not the only one that fits: {one.id} for {one.address}")


def _name(session: Session) -> str:
    """A name that no refactoring has yet."""
    base = f"import-{session.context.as_of.isoformat()}"
    names = [base, *(f"{base}-{number}" for number in range(2, len(session.estate.refactorings) + 3))]
    return next(name for name in names if name not in session.estate.refactorings)


def _document(found: Sequence[Candidate], name: str) -> str:
    lines = [
        "apiVersion: slactl/v1",
        "kind: Refactoring",
        f"metadata: {{name: {name}}}",
        "spec:",
        "  import:",
        *(f"    - {{to: {json.dumps(one.address)}, id: {json.dumps(one.id)}}}" for one in found),
    ]
    return "\n".join(lines) + "\n"
