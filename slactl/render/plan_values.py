"""Bodies of backend objects as Terraform's readers expect values: what is known, and where what is not will stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from slactl.plan.references import KEY


def address_parts(address: str) -> tuple[str, str, str]:
    """Backend, type and name of an object."""
    backend, kind, name = address.split(".", 2)
    return backend, kind, name


def known(value: Any) -> Any:
    """The body without what is known only after the apply."""
    if isinstance(value, Mapping):
        return {key: known(below) for key, below in value.items() if not _is_ref(below)}
    if isinstance(value, (list, tuple)):
        return [None if _is_ref(below) else known(below) for below in value]
    return value


def unknown(value: Any) -> Any:
    """True where a value is known only after the apply."""
    if _is_ref(value):
        return True
    if isinstance(value, Mapping):
        found = {key: unknown(below) for key, below in value.items()}
        return {key: below for key, below in found.items() if below}
    if isinstance(value, (list, tuple)):
        found_in = [unknown(below) for below in value]
        return found_in if any(found_in) else []
    return {}


def references(value: Any) -> list[str]:
    """What a value refers to, as Terraform writes it: the attribute, then the object that has it."""
    return [name for one in _refs(value) for name in (".".join(one), one[0])]


def _refs(value: Any) -> Iterator[list[str]]:
    if _is_ref(value):
        yield list(value[KEY])
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from _refs(below)
    elif isinstance(value, (list, tuple)):
        for below in value:
            yield from _refs(below)


def _is_ref(value: Any) -> bool:
    return isinstance(value, Mapping) and KEY in value and len(value) == 1
