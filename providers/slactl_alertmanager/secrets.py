"""Secrets of receivers: references in bodies and plans, values in Alertmanager's file alone.

A body holds `${env.NAME}`; the value is put in when the file is written, and taken out when it is read: where the file holds
what the reference stands for now, the body has the reference, else words that say so. No value, and no digest of one, is kept.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\{(env|file|var)\.[^}]+\}")
_SECRET_KEYS = frozenset(
    {
        "api_key", "api_secret", "auth_password", "auth_secret", "bearer_token", "bot_token", "client_secret", "credentials",
        "password", "routing_key", "secret", "secret_key", "service_key", "sms_token", "token", "user_key", "webhook_url",
    }
)  # fmt: skip
_SLACK = "slack_configs"
_USER_IN_URL = re.compile(r"//[^/@\s]*:[^/@\s]*@")
_HIDDEN = "(a secret that stands in the file, not shown)"
_LEAST_SHOWN = 4
"""Shorter words of a message tell nothing of a secret that they occur in."""
_WORD = re.compile(r"[^\s\"'`]+")
_EDGES = ".,;:()[]{}<>!?"
Path = tuple[str, ...]


def refers(text: str) -> bool:
    """Whether a text holds a reference to a secret."""
    return _REFERENCE.search(text) is not None


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a body, with the way to it."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from leaves(below, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for index, below in enumerate(value):
            yield from leaves(below, (*path, str(index)))
    elif isinstance(value, str):
        yield path, value


def literal_secrets(value: Any) -> Iterator[Path]:
    """Where secrets stand in clear."""
    for path, text in leaves(value):
        if _is_secret(path, text) and not refers(text):
            yield path


def _is_secret(path: Path, text: str) -> bool:
    key = path[-1] if path else ""
    slack = key == "api_url" and _SLACK in path
    return bool(text) and (key in _SECRET_KEYS or slack or _USER_IN_URL.search(text) is not None)


class Secrets:
    """What the references of one backend's configuration stand for; never printed."""

    def __init__(self, written: Mapping[str, Any], read: Mapping[str, Any]) -> None:
        """`written` is the configuration with references, `read` the same with secrets."""
        values = dict(leaves(read))
        self._values = {
            text: values[path] for path, text in leaves(written) if refers(text) and path in values
        }

    def __repr__(self) -> str:
        return "Secrets()"

    def knows(self, reference: str) -> bool:
        """Whether the configuration has a text with references, so that it can be put in."""
        return reference in self._values

    def put_in(self, body: Any) -> Any:
        """The body as it goes into the file; every reference in it must be known."""
        if isinstance(body, Mapping):
            return {key: self.put_in(below) for key, below in body.items()}
        if isinstance(body, (list, tuple)):
            return [self.put_in(below) for below in body]
        return self._values[body] if isinstance(body, str) and refers(body) else body

    def taken_out(self, body: Any, references: Mapping[str, str], path: Path = ()) -> Any:
        """The body as plans show it; `references` says what was put in where, by the way to it."""
        if isinstance(body, Mapping):
            return {key: self.taken_out(below, references, (*path, str(key))) for key, below in body.items()}
        if isinstance(body, (list, tuple)):
            return [
                self.taken_out(below, references, (*path, str(index))) for index, below in enumerate(body)
            ]
        return self._shown(body, references.get("/".join(path)), path)

    def _shown(self, text: str, reference: str | None, path: Path) -> str:
        if reference is not None:
            return reference if self._values.get(reference) == text else f"(not what {reference} holds now)"
        for known, value in self._values.items():
            if value and value == text:
                return known
        return _HIDDEN if _is_secret(path, text) else text

    def hidden(self, message: str) -> str:
        """A message of another program, without words that are part of a secret."""
        return _WORD.sub(self._word, message)

    def _word(self, found: re.Match[str]) -> str:
        """Whatever its case: a server may write a URL's scheme and host in small letters."""
        whole = found[0].lower()
        word = whole.strip(_EDGES)
        values = [value.lower() for value in self._values.values() if value]
        part = len(word) >= _LEAST_SHOWN and any(word in value for value in values)
        inside = any(value in whole for value in values)
        return "(secret)" if part or inside else found[0]


def references_of(body: Any) -> dict[str, str]:
    """Where references stand in a body: what a mark says, so that they are found again."""
    return {"/".join(path): text for path, text in leaves(body) if refers(text)}
