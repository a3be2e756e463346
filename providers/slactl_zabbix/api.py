"""Zabbix's interface: JSON-RPC over HTTP, with credentials as each version takes them, and errors as sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider.http import Server, excerpt
from slactl_zabbix.settings import Settings

_OLDEST, _NEWEST = (6, 0), (7, 99)
_BEARER_SINCE = (6, 4)
_CALLS = 50
"""How many calls a request holds at most: each may take the server a few hundredths of a second."""
_HEADERS = {"Content-Type": "application/json-rpc"}
_UNAUTHORISED = ("re-login", "not authorized", "not authorised", "session terminated", "token expired")
_FORBIDDEN = ("no permissions to call", "you do not have permission", "no permissions to system")


class RefusedError(Exception):
    """The interface says no; the whole call came to nothing."""


class Api:
    """A session with one server."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self._server = server
        self._settings = settings
        self._numbers = count(1)
        self._token = ""
        self._by_header = False
        self._logged_in = False
        self.requests = 0
        """How many were sent."""

    @property
    def name(self) -> str:
        """The server, as messages name it."""
        return self._server.name

    def open(self) -> None:
        """Find out the version and log in.

        Raises:
            SlactlError: when the server cannot be reached, is of another kind or version, or refuses the credentials.
        """
        version = self._version()
        self._by_header = version >= _BEARER_SINCE
        self._token = self._settings.token or self._login()
        if self._by_header:
            from slactl.base.http import bearer  # noqa: PLC0415 - the provider is loaded for plans without HTTP, too

            self._server = replace(self._server, sign=bearer(self._token))

    def close(self) -> None:
        """End a session that was opened with a password; a token has none."""
        if self._logged_in:
            self._logged_in = False
            try:
                self.read("user.logout", [])
            except SlactlError:
                return  # it ends by itself

    def read(self, method: str, params: Mapping[str, Any] | Sequence[Any]) -> Any:
        """The result of a call that changes nothing.

        Raises:
            SlactlError: when no answer came, or a refusal.
        """
        try:
            return self._call(method, params, repeatable=True)
        except RefusedError as error:
            raise self._server.refused(method, *self._advice(str(error))) from None

    def read_each(self, method: str, several: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The result of each of several calls that change nothing, in order; many calls make one request.

        Raises:
            SlactlError: when no answer came, or a refusal of any.
        """
        results: list[Any] = []
        for first in range(0, len(several), _CALLS):
            calls = [self._request(method, params, signed=True) for params in several[first : first + _CALLS]]
            document = self._sent(calls, repeatable=True)
            answers = document if isinstance(document, list) else [document] * len(calls)
            found = {one.get("id"): one for one in answers if isinstance(one, Mapping)}
            try:
                results += [self._result(found.get(call["id"], document)) for call in calls]
            except RefusedError as error:
                raise self._server.refused(method, *self._advice(str(error))) from None
        return results

    def change(self, method: str, params: Sequence[Any]) -> Sequence[str]:
        """Make a batch of changes, all or none; the ids of what was changed, in order.

        Raises:
            RefusedError: when the interface refuses, and nothing was done.
            SlactlError: when no answer came: whether it was done is not known.
        """
        match self._call(method, params, repeatable=False):
            case {**found} if len(found) == 1 and isinstance(ids := next(iter(found.values())), list):
                return [str(one) for one in ids]
            case other:
                raise self._no_answer(other)

    def _version(self) -> tuple[int, int]:
        try:
            text = str(self._call("apiinfo.version", [], repeatable=True, signed=False))
        except RefusedError as error:
            raise self._unversioned(str(error)) from None
        try:
            major, minor = text.split(".")[:2]
            version = int(major), int(minor)
        except ValueError:
            raise self._unversioned(excerpt(text)) from None
        if not _OLDEST <= version <= _NEWEST:
            raise SlactlError(
                f"{self.name} is Zabbix {text}, which slactl does not know",
                "SLA objects came with 6.0; slactl drives 6.0 (tested) and up to 7.x (by its documentation).",
                self._server.place.at("url"),
            )
        return version

    def _unversioned(self, said: str) -> SlactlError:
        return self._server.refused(
            "to tell its version",
            f"It says: {said.rstrip('.')}. Check that config.url is Zabbix's interface.",
        )

    def _login(self) -> str:
        params = {"username": self._settings.user, "password": self._settings.password}
        try:
            token = str(self._call("user.login", params, repeatable=True, signed=False))
        except RefusedError as error:
            raise self._server.refused(f"to log {self._settings.user} in", str(error), "user") from None
        self._logged_in = True
        return token

    def _advice(self, reason: str) -> tuple[str, str]:
        """What to say to a refusal, and the key of the configuration concerned."""
        key = "token" if self._settings.token else "user"
        lower = reason.lower()
        if any(one in lower for one in _UNAUTHORISED):
            return f"{reason} The {key} is wrong, disabled or expired.", key
        if any(one in lower for one in _FORBIDDEN):
            return (
                f"{reason} The user needs a role that may call services and SLAs, and read and write all services.",
                key,
            )
        return reason, "url"

    def _call(
        self, method: str, params: Mapping[str, Any] | Sequence[Any], *, repeatable: bool, signed: bool = True
    ) -> Any:
        return self._result(self._sent(self._request(method, params, signed=signed), repeatable=repeatable))

    def _request(
        self, method: str, params: Mapping[str, Any] | Sequence[Any], *, signed: bool
    ) -> dict[str, Any]:
        request = {"jsonrpc": "2.0", "method": method, "params": params, "id": next(self._numbers)}
        return request | {"auth": self._token} if signed and not self._by_header else request

    def _sent(self, document: Any, *, repeatable: bool) -> Any:
        self.requests += 1
        answer = self._server.send(
            "POST", "", data=json.dumps(document).encode(), headers=_HEADERS, repeatable=repeatable
        )
        return self._server.json(answer)

    def _result(self, document: Any) -> Any:
        if isinstance(document, Mapping) and "result" in document:
            return document["result"]
        error = document.get("error") if isinstance(document, Mapping) else None
        if not isinstance(error, Mapping):
            raise self._no_answer(document)
        raise RefusedError(" ".join(str(error.get(key) or "").strip() for key in ("message", "data")).strip())

    def _no_answer(self, document: Any) -> SlactlError:
        return SlactlError(
            f"{self.name} answers with JSON that is no answer to a call",
            f"It says: {excerpt(json.dumps(document))} Check that config.url is Zabbix's interface.",
            self._server.place.at("url"),
        )
