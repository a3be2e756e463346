"""Public holidays by country and year, from the library `holidays`; remembered, as loading it costs more than a small check."""

import json
import sys
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from slactl.base.cache_folder import shared_cache_folder
from slactl.base.files import write_atomically

_AHEAD = 6
"""Years that are looked up together: a check looks some years ahead."""
_FILE = "holidays.json"
Days = dict[str, list[str]]
"""ISO dates by country, subdivision and year."""


def country_days(country: str, subdivision: str | None, year: int) -> tuple[date, ...]:
    """The public holidays of a year, in order.

    Raises:
        NotImplementedError: when the library does not know the country or its subdivision.
    """
    known = _remembered(str(shared_cache_folder()))
    key = _key(country, subdivision, year)
    if key not in known:
        _look_up(country, subdivision, year, known)
    return tuple(map(date.fromisoformat, known[key]))


def _key(country: str, subdivision: str | None, year: int) -> str:
    return f"{country}/{subdivision or ''}/{year}"


@cache
def _remembered(folder: str) -> Days:
    """What earlier runs looked up with this release of the library."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((Path(folder) / _FILE).read_text(encoding="utf-8"))
        if kept["library"] == _library():
            return dict(kept["days"])
    return {}


def _look_up(country: str, subdivision: str | None, year: int, known: Days) -> None:
    import holidays  # noqa: PLC0415 - costs start-up time, seldom used

    _alone(Path(holidays.__file__).parent)
    years = range(year, year + _AHEAD)
    found = holidays.country_holidays(country, subdiv=subdivision, years=years)
    for one in years:
        days = sorted(day for day in found if day.year == one)
        known[_key(country, subdivision, one)] = [day.isoformat() for day in days]
    with suppress(OSError):
        folder = shared_cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _FILE, json.dumps({"library": _library(), "days": known}))


def _alone(library: Path) -> None:
    """Let a country be loaded without all the others, which the package of countries names when it is loaded itself."""
    package = ModuleType("holidays.countries")
    package.__path__ = [str(library / "countries")]
    sys.modules.setdefault(package.__name__, package)


@cache
def _library() -> list[object]:
    """Which release of the library it is, without loading it."""
    found = find_spec("holidays")
    if found is None or found.origin is None:
        return []
    state = Path(found.origin).stat()
    return [found.origin, state.st_mtime_ns, state.st_size]
