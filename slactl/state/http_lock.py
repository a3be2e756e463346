"""The lock of a state server, in Terraform's JSON; what a dead process of this machine left behind is taken over."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slactl.base.quick_dataclass import dataclass
from slactl.state.http_transport import Transport
from slactl.state.locking import is_dead
from slactl.state.records import LockInfo

_HELD = (423, 409)
_UNKNOWN_PROCESS = -1


@dataclass(frozen=True, slots=True)
class HttpLock:
    """Where and how to lock and unlock."""

    transport: Transport
    lock_address: str
    unlock_address: str
    lock_method: str = "LOCK"
    unlock_method: str = "UNLOCK"

    def take(self, wanted: LockInfo) -> tuple[bool, LockInfo | None]:
        """Try once; returns whether it is ours now, and who had it, if anybody.

        Raises:
            SlactlError: when the server cannot be reached, or refuses.
        """
        held = self._try(wanted)
        if held is None or not is_dead(held):
            return held is None, held
        self._unlock(held, also=_HELD)  # another may have been faster, and has it now
        other = self._try(wanted)
        return other is None, held if other is None else other

    def holder(self, probe: LockInfo) -> LockInfo | None:
        """Who has it: the protocol knows no question for that, so it is taken and given back.

        Raises:
            SlactlError: when the server cannot be reached, or refuses.
        """
        held = self._try(probe)
        if held is None:
            self.release(probe)
        return held

    def release(self, held: LockInfo) -> None:
        """Give it back.

        Raises:
            SlactlError: when the server cannot be reached, or refuses.
        """
        self._unlock(held)

    def _unlock(self, held: LockInfo, also: tuple[int, ...] = ()) -> None:
        parameters = {"ID": held.id}
        answer = self.transport.send(self.unlock_method, self.unlock_address, _body(held), parameters)
        if not answer.ok and answer.status_code not in also:
            raise self.transport.refused(answer, self.unlock_method, self.unlock_address)

    def _try(self, wanted: LockInfo) -> LockInfo | None:
        """Who else holds it; None: we do."""
        answer = self.transport.send(self.lock_method, self.lock_address, _body(wanted), {"ID": wanted.id})
        if answer.ok:
            return None
        if answer.status_code not in _HELD:
            raise self.transport.refused(answer, self.lock_method, self.lock_address)
        held = _holder(answer.content, self.lock_address)
        return None if held.id == wanted.id else held  # the answer to a first try was lost


def _body(lock: LockInfo) -> bytes:
    """Terraform's fields; what it does not know stands in its free text."""
    info = {"pid": lock.pid, "host": lock.host, "reason": lock.info}
    document = {
        "ID": lock.id,
        "Operation": lock.operation,
        "Info": json.dumps(info, ensure_ascii=False),
        "Who": lock.who,
        "Version": lock.version,
        "Created": lock.created.isoformat(),
        "Path": lock.path,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _holder(text: bytes, path: str) -> LockInfo:
    """The holder as far as the server tells; another tool may hold it."""
    document = _mapping(text)
    info = _mapping(str(document.get("Info", "")))
    process = info.get("pid")
    return LockInfo(
        str(document.get("ID") or "unknown"),
        str(document.get("Operation") or "an operation"),
        str(document.get("Who") or "somebody"),
        str(document.get("Version", "")),
        _moment(document.get("Created")),
        process if isinstance(process, int) else _UNKNOWN_PROCESS,
        str(info.get("host", "")),
        str(info.get("reason", "")),
        path,
    )


def _mapping(text: str | bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
