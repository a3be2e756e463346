"""The marked part of the file: read, staged, checked, put in place, reloaded; the old file comes back when it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Context, Observed, Outcome, Query, Reading
from slactl.provider.config import settings_of
from slactl_alertmanager import amtool
from slactl_alertmanager.blocks import UNREADABLE, Block, new_block, section_of
from slactl_alertmanager.layout import Layout
from slactl_alertmanager.part import Key, Part
from slactl_alertmanager.place import Place
from slactl_alertmanager.references import insist_on_names
from slactl_alertmanager.secrets import Secrets, references_of
from slactl_alertmanager.server import Alertmanager
from slactl_alertmanager.settings import Settings, read_settings

_MISPLACED = "misplaced"
_NOT_IN_FORCE = "notInForce"


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "FileConnection":
    """Open the file of a backend.

    Raises:
        SlactlError: when the configuration is wrong.
    """
    settings = settings_of(backend, config, read_settings)
    written = read_settings(backend.config)
    secrets = Secrets(written.receivers, settings.receivers)
    server = Alertmanager(settings, backend, config, context.root, secrets) if settings.reload else None
    return FileConnection(settings, context, backend.name, secrets, server)


class FileConnection:
    """One backend's part of a file that other backends, workspaces and people share."""

    def __init__(
        self, settings: Settings, context: Context, name: str, secrets: Secrets, server: Alertmanager | None
    ) -> None:
        self._settings = settings
        self._workspace = context.workspace
        self._name = name
        self._secrets = secrets
        self._server = server
        self._place = Place(context.root / settings.config_file, f"{context.workspace}-{name}")
        self._content: bytes | None = None
        """The file as this connection has read it: another one at `commit` is another editor's."""
        self._known: tuple[Part, Layout] | None = None
        """The same, taken apart, until this connection writes."""
        self._staged: dict[str, Change] = {}
        self._refused: set[str] = set()
        """Names of receivers and times that could not be made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def read_all(self) -> Sequence[Observed]:
        """Every block of this backend, whatever somebody made of it."""
        part, layout = self._read()
        found = {address: self._body(part, layout, key) for key, address in self._mine(part)}
        left = self._place.left_behind()
        if left is not None:
            found = self._with_what_is_in_force(found, Part.of(left, str(self._place.path)), part)
        return [Observed(address, address, body) for address, body in sorted(found.items())]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Stage blocks; the file is as it was before `commit`."""
        try:
            part, layout = self._known or self._read()
        except SlactlError as error:
            return [Outcome(one.address, "failed", error=_cause(error)) for one in changes]
        return [self._stage(one, part, layout) for one in changes]

    def commit(self) -> None:
        """Write the file aside, have it checked, put it in place, reload; bring the old one back when it is refused.

        Raises:
            SlactlError: when it does not pass, somebody else changed it, or the server refuses; nothing has changed then.
        """
        try:
            self._put_in_force()
        except OSError as error:
            raise SlactlError(
                f"{self._place.path} cannot be written: {error.strerror or error}",
                "Its folder must be writable, and its owner must stay the same. Nothing has changed.",
            ) from error
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Forget what is staged."""
        self._staged.clear()
        self._place.forget()

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading | None]:
        """Alertmanager measures nothing."""
        return [None] * len(queries)

    def _read(self) -> tuple[Part, Layout]:
        self._content = self._place.content()
        part = Part.of(self._content, str(self._place.path))
        self._known = (part, part.layout())
        return self._known

    def _mine(self, part: Part) -> Iterator[tuple[Key, str]]:
        for workspace, address in part.blocks:
            if workspace == self._workspace and address.startswith(f"{self._name}."):
                yield (workspace, address), address

    def _body(self, part: Part, layout: Layout, key: Key) -> Mapping[str, Any]:
        body = self._content_of(part.blocks[key])
        return body if part.in_place(key, layout) else {**body, _MISPLACED: "true"}

    def _content_of(self, block: Block) -> Mapping[str, Any]:
        try:
            body = {block.section: block.items() or []}
        except ValueError as error:
            return {UNREADABLE: self._secrets.hidden(str(error))}
        found: Mapping[str, Any] = self._secrets.taken_out(body, block.references)
        return found

    def _with_what_is_in_force(
        self, found: Mapping[str, Mapping[str, Any]], former: Part, now: Part
    ) -> dict[str, Mapping[str, Any]]:
        """Blocks that an apply has written and the server was never told of differ from what is wanted until it is."""
        before = {address: former.blocks[key] for key, address in self._mine(former)}
        marked = {
            address: body
            if address in before and before[address].lines == now.blocks[self._workspace, address].lines
            else {**body, _NOT_IN_FORCE: "true"}
            for address, body in found.items()
        }
        gone = {address: self._content_of(one) for address, one in before.items() if address not in found}
        return {**marked, **gone}

    def _stage(self, change: Change, part: Part, layout: Layout) -> Outcome:
        former = change.id or change.address
        reason = self._conflict(change, part, layout) or self._stale(change, part, former)
        if reason:
            self._refused.update(_names(change.after))
            return Outcome(change.address, "failed", error=reason)
        self._staged[change.address] = change
        return Outcome(
            change.address, "staged", id=former if change.action is Action.DELETE else change.address
        )

    def _conflict(self, change: Change, part: Part, layout: Layout) -> str:
        """Why an object cannot be made, or nothing."""
        section = section_of(change.address)
        taken = {"receivers": layout.receivers, "time_intervals": layout.intervals}.get(section, frozenset())
        for name in _names(change.after):
            if name in taken:
                what = "receiver" if section == "receivers" else "time interval"
                return f'{part.file} has a {what} "{name}" that is not slactl\'s; rename it there, then apply again'
        if self._is_doubled(change, part, layout):
            return (
                f"{part.file} has this route among what others wrote, and who is told would be told twice: its marks were "
                "taken off, or somebody wrote it. Remove it there, then apply again"
            )
        for name in self._refused.intersection(_needs(change.after)):
            return f'it needs "{name}", which could not be made'
        missing = [text for text in references_of(change.after).values() if not self._secrets.knows(text)]
        return f"config.receivers does not have {missing[0]} any more; plan again" if missing else ""

    def _is_doubled(self, change: Change, part: Part, layout: Layout) -> bool:
        """Whether others have a route that a new block would hold once more."""
        if change.after is None or (self._workspace, change.id or change.address) in part.blocks:
            return False
        bodies = (change.after, change.before or {})
        return any(route in layout.routes for body in bodies for route in body.get("routes", ()))

    def _stale(self, change: Change, part: Part, former: str) -> str:
        """Whether the block is another than the one that was planned for; then somebody's change would be lost."""
        block = part.blocks.get((self._workspace, former))
        if block is None or change.before is None:
            return ""
        wanted = {
            key: value for key, value in change.before.items() if key not in (_MISPLACED, _NOT_IN_FORCE)
        }
        if self._content_of(block) == wanted:
            return ""
        return f"its block in {part.file} was changed since it was planned; plan again"

    def _put_in_force(self) -> None:
        before = self._content if self._content is not None else self._place.content()
        after = self._written(Part.of(before, str(self._place.path)))
        with self._place.alone():
            self._place.lay_aside(after)
            amtool.check(self._place.waiting, str(self._place.path), self._settings.amtool, self._secrets)
            self._place.put_in_place(before)
            self._content, self._known = after, None
            if self._server is not None:
                self._reload(self._server, before, after)
            self._place.settle()

    def _written(self, part: Part) -> bytes:
        blocks = dict(part.blocks)
        for change in self._staged.values():
            former = (self._workspace, change.id or change.address)
            if change.action is Action.DELETE or former[1] != change.address:
                blocks.pop(former, None)
        for change in self._staged.values():
            if change.action is not Action.DELETE and change.after is not None:
                blocks[self._workspace, change.address] = new_block(
                    self._workspace,
                    change.address,
                    change.after,
                    self._secrets.put_in(change.after),
                    references_of(change.after),
                )
        insist_on_names(blocks, part)
        return part.written(blocks)

    def _reload(self, server: Alertmanager, before: bytes, after: bytes) -> None:
        try:
            server.reload()
            server.insist_on(after)
        except SlactlError as error:
            self._place.bring_back()
            self._content = before
            cause = error.diagnostics[0]
            told = _told_again(server)
            raise SlactlError(
                cause.summary, f"{cause.detail} The old file is back in place{told}."
            ) from error


def _told_again(server: Alertmanager) -> str:
    try:
        server.reload()
    except SlactlError:
        return ", and the server was not reloaded with it"
    return ", and in force"


def _names(body: Mapping[str, Any] | None) -> Iterator[str]:
    """The names that a body gives to receivers or times."""
    for section in ("receivers", "time_intervals"):
        for item in (body or {}).get(section, ()):
            yield str(item["name"])


def _needs(body: Mapping[str, Any] | None) -> Iterator[str]:
    """The names that routes refer to."""
    for route in (body or {}).get("routes", ()):
        yield str(route["receiver"])
        for key in ("active_time_intervals", "mute_time_intervals"):
            yield from map(str, route.get(key, ()))


def _cause(error: SlactlError) -> str:
    first = error.diagnostics[0]
    return f"{first.summary}. {first.detail}"
