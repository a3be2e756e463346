"""Icinga's API: its answers as data, its refusals as sentences."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from slactl.base.diagnostics import SlactlError
from slactl.provider.http import Server, excerpt
from slactl_icinga2.kinds import Kind

OLDEST = (2, 11)
_VERSION = re.compile(r"[rv]?(\d+)\.(\d+)")
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404
_TYPED = {"Content-Type": "application/json"}
_BLOCKED = "other objects depend on it"
_THERE = "already exists"
_GHOST = "re-defined"
_FILTERED = " (filtered)"
"""Stands behind a permission that holds for some objects alone."""
_COMMAND = Kind("check command", "CheckCommand", "checkcommands", (), ())


class RefusedError(Exception):
    """The server did not do it; the message is a sentence."""


class BlockedError(RefusedError):
    """A deletion was refused, for others depend on the object."""


class ThereError(RefusedError):
    """A creation was refused, for there is an object of that name."""


class GoneError(RefusedError):
    """There is no object of that name."""


class Api:
    """The API of one server, as one user; used by one thread at a time."""

    def __init__(self, server: Server, user: str) -> None:
        self._server = server
        self._user = user
        self._permissions: Sequence[str] = ()

    def greet(self) -> None:
        """Log in, and learn what the user may do.

        Raises:
            SlactlError: when it cannot be reached, refuses the login, is no Icinga, or too old a one.
        """
        answer = self._server.send("GET", "/v1", repeatable=True)
        if answer.status_code == _UNAUTHORIZED:
            reason = "The user or the password is wrong: they are those of an ApiUser of Icinga 2."
            raise self._server.refused(f"the login of {self._user}", reason, "password")
        document = self._server.json(answer)
        try:
            hello = document["results"][0]
            version, permissions = str(hello["version"]), hello["permissions"]
        except (KeyError, IndexError, TypeError):
            raise SlactlError(
                f"{self._server.name} does not answer as Icinga 2 does ({answer.status_code})",
                f"It says: {excerpt(answer.text)} Check that config.url is the address of its API, and its version: "
                f"slactl works with {_text(OLDEST)} and later.",
                self._server.place.at("url"),
            ) from None
        self._insist_on_version(version)
        self._permissions = [str(one).removesuffix(_FILTERED) for one in permissions or ()]

    def _insist_on_version(self, version: str) -> None:
        match = _VERSION.match(version)
        if match is None or (int(match[1]), int(match[2])) < OLDEST:
            raise SlactlError(
                f"{self._server.name} is Icinga {version.lstrip('rv')}",
                f"slactl works with {_text(OLDEST)} and later.",
                self._server.place.at("url"),
            )

    def insist_on(self, permissions: Iterable[str]) -> None:
        """Refuse in words what the server would answer with 404.

        Raises:
            RefusedError: when one is missing.
        """
        missing = [one for one in permissions if not self._may(one)]
        if missing:
            raise RefusedError(
                f"the user {self._user} lacks the permission {', '.join(missing)}. Add it to the ApiUser"
            )

    def _may(self, permission: str) -> bool:
        """As Icinga matches: by * and ?, capital or not."""
        return any(fnmatchcase(permission.lower(), one.lower()) for one in self._permissions)

    def query(
        self, kind: Kind, condition: str, values: Mapping[str, Any], attrs: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        """The objects of a kind for which a condition of Icinga's language holds.

        Raises:
            SlactlError: when it cannot be reached, or refuses.
        """
        try:
            self.insist_on([kind.permission("query")])
        except RefusedError as error:
            raise self._server.refused(f"to list {kind.path}", _sentence(str(error)), "user") from None
        asked = {"filter": condition, "filter_vars": values, "attrs": attrs}
        answer = self._server.send(
            "POST", f"/v1/objects/{kind.path}", data=json.dumps(asked).encode(),
            headers={**_TYPED, "X-HTTP-Method-Override": "GET"}, repeatable=True,
        )  # fmt: skip
        document = self._server.json(answer)
        if answer.status_code != _OK or not isinstance(document, dict):
            reason = f"It says: {_said(document) or excerpt(answer.text)}"
            raise self._server.refused(f"to list {kind.path} ({answer.status_code})", reason, "user")
        return [one for one in document.get("results") or () if isinstance(one, dict)]

    def commands(self) -> frozenset[str]:
        """The names of Icinga's check commands; empty where the user may not see them.

        Raises:
            SlactlError: when it cannot be reached.
        """
        if not self._may(_COMMAND.permission("query")):
            return frozenset()
        return frozenset(str(one["name"]) for one in self.query(_COMMAND, "true", {}, ["name"]))

    def create(self, kind: Kind, name: str, attrs: Mapping[str, Any]) -> None:
        """Make an object.

        Raises:
            RefusedError: when the server does not.
            SlactlError: when the connection breaks.
        """
        self.insist_on([kind.permission("create")])
        try:
            self._write("PUT", kind, name, {"attrs": attrs})
        except RefusedError as error:
            if _THERE in str(error):
                raise ThereError(str(error)) from None
            if _GHOST in str(error):
                raise RefusedError(
                    f"Icinga refused {name} before and still remembers it; reload Icinga, and apply again"
                ) from None
            raise

    def modify(self, kind: Kind, name: str, attrs: Mapping[str, Any]) -> None:
        """Change attributes of an object.

        Raises:
            RefusedError: when the server does not.
            SlactlError: when the connection breaks.
        """
        self.insist_on([kind.permission("modify")])
        self._write("POST", kind, name, {"attrs": attrs})

    def delete(self, kind: Kind, name: str, *, cascade: bool = False) -> None:
        """Delete an object, and with `cascade` all that depends on it.

        Raises:
            BlockedError: when others depend on it, and it is not to cascade.
            RefusedError: when the server does not for another reason.
            SlactlError: when the connection breaks.
        """
        self.insist_on([kind.permission("delete")])
        try:
            self._write("DELETE", kind, name, None, "?cascade=1" if cascade else "")
        except RefusedError as error:
            if _BLOCKED in str(error):
                raise BlockedError(str(error)) from None
            raise

    def _write(
        self, method: str, kind: Kind, name: str, document: Mapping[str, Any] | None, more: str = ""
    ) -> None:
        answer = self._server.send(
            method, f"/v1/objects/{kind.path}/{quote(name, safe='')}{more}",
            data=None if document is None else json.dumps(document).encode(), headers=_TYPED, repeatable=False,
        )  # fmt: skip
        if answer.status_code == _UNAUTHORIZED:
            raise RefusedError(f"the login of {self._user} is refused now")
        if answer.status_code == _FORBIDDEN:
            raise RefusedError(f"the user {self._user} may not {method} {kind.name} {name}")
        said = self._server.json(answer)
        if answer.status_code == _NOT_FOUND:
            raise GoneError(f"there is no {kind.name} {name} that {self._user} may see")
        refusal = _said(said)
        if refusal or answer.status_code != _OK:
            raise RefusedError(refusal or f"Icinga answers {answer.status_code}: {excerpt(answer.text)}")


def _said(document: Any) -> str:
    """What an answer says went wrong, without the places in files that Icinga wrote for itself; empty: nothing did."""
    if not isinstance(document, dict):
        return ""
    if "error" in document:
        return str(document.get("status") or document["error"]).strip().rstrip(".")
    results = [one for one in document.get("results") or () if isinstance(one, dict)]
    wrong = [one for one in results if one.get("code", _OK) != _OK]
    said = [text for one in wrong for text in (one.get("errors") or [one.get("status", "")])]
    return "; ".join(_words(str(text)) for text in said)


def _words(text: str) -> str:
    return " ".join(text.partition("\nLocation:")[0].replace("Error: ", "").split()).rstrip(".")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
