"""Reading `Backend.spec.config`: what the settings of every provider have in common."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeVar

from slactl.base.diagnostics import Severity, SlactlError
from slactl.base.duration import parse_duration
from slactl.base.text import did_you_mean, sentence_list
from slactl.model.backend import Backend
from slactl.provider.http import tls_notices
from slactl.provider.protocol import Notice

Config = Mapping[str, Any]
S = TypeVar("S")


class BadConfigError(ValueError):
    """A value of the configuration is wrong; `path` says which, below `config`."""

    def __init__(self, path: str | Sequence[str], reason: str) -> None:
        super().__init__(reason)
        self.path = (path,) if isinstance(path, str) else tuple(path)


def config_notices(
    backend: Backend, keys: Collection[str], read: Callable[[Config], object]
) -> Iterator[Notice]:
    """Unknown keys, what is wrong or dangerous about TLS, and the first value that `read` refuses."""
    place = backend.place.at("spec", "config")
    for key in backend.config:
        if key not in keys:
            message = f'Unknown key "{key}" in config.{did_you_mean(key, keys)}'
            yield Notice(Severity.ERROR, backend.address, message, place.key_at(key))
    yield from tls_notices(backend)
    try:
        read(backend.config)
    except BadConfigError as error:
        yield Notice(Severity.ERROR, backend.address, str(error), place.at(*error.path))


def clear_secrets(backend: Backend, keys: Collection[str]) -> Iterator[Notice]:
    """Secrets among `keys` that stand in the file instead of being referred to."""
    for key in keys:
        if "${" not in str(backend.config.get(key) or "${"):
            yield Notice(
                Severity.ERROR,
                backend.address,
                f"{key} stands in the file. Refer to it: ${{env.NAME}}, ${{file.PATH}}, or a sensitive variable.",
                backend.place.at("spec", "config", key),
            )


def settings_of(backend: Backend, config: Config, read: Callable[[Config], S]) -> S:
    """The settings to connect with; `config` has its secrets read.

    Raises:
        SlactlError: when `read` refuses a value.
    """
    try:
        return read(config)
    except BadConfigError as error:
        raise SlactlError(
            f"The backend {backend.name} is not configured rightly",
            str(error),
            backend.place.at("spec", "config", *error.path),
        ) from None


def text(config: Config, key: str, what: str) -> str:
    """A text that has to be there; `what` says what it is.

    Raises:
        BadConfigError: when it is missing or empty.
    """
    value = config.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadConfigError(key, f"{key} is missing: {what}.")
    return value


def choice(config: Config, key: str, choices: Sequence[str]) -> str:
    """One of some words, the first where none is given.

    Raises:
        BadConfigError: when it is another.
    """
    value = str(config.get(key, choices[0]))
    if value not in choices:
        raise BadConfigError(key, f'{key} is {sentence_list(choices, "or")}, not "{value}".')
    return value


def boolean(config: Config, key: str) -> bool:
    """True or false (the default); also as the text that a variable gives.

    Raises:
        BadConfigError: when it is something else.
    """
    value = str(config.get(key, False)).lower()
    if value not in ("true", "false"):
        raise BadConfigError(key, f'{key} is true or false, not "{config[key]}".')
    return value == "true"


def count(config: Config, key: str, default: int, least: int) -> int:
    """A whole number of at least `least`.

    Raises:
        BadConfigError: when it is something else.
    """
    value = str(config.get(key, default))
    if not value.isdigit() or int(value) < least:
        raise BadConfigError(key, f'{key} is a whole number of at least {least}, not "{value}".')
    return int(value)


def seconds(config: Config, key: str, default: str) -> float:
    """A duration above zero, in seconds.

    Raises:
        BadConfigError: when it is no duration, or none at all.
    """
    try:
        value = float(parse_duration(str(config.get(key, default))).seconds)
    except ValueError as error:
        raise BadConfigError(key, f"{key}: {error}") from None
    if value <= 0:
        raise BadConfigError(key, f"{key} is above zero.")
    return value


def http_url(config: Config, key: str = "url") -> str:
    """An address without a slash at its end.

    Raises:
        BadConfigError: when it is missing, or of another scheme.
    """
    value = str(config.get(key) or "")
    if not value.startswith(("http://", "https://", "${")):
        raise BadConfigError(key, f'{key} begins with http:// or https://, and this is "{value}".')
    return value.rstrip("/")


def path(config: Config, key: str, what: str) -> str:
    """A file or folder below the workspace, or a whole path; `what` says what it is.

    Raises:
        BadConfigError: when it is missing, or leads out of the workspace.
    """
    value = text(config, key, what)
    if ".." in PurePosixPath(value).parts:
        raise BadConfigError(
            key,
            f'{key} "{value}" leads out of the workspace; write one below it, or a whole path.',
        )
    return value
