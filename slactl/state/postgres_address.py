"""Where a PostgreSQL database is: its secrets put in, and its name without them."""

from collections.abc import Callable

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from slactl.base.diagnostics import Place, SlactlError

_REFERENCE = "${"
_PLACE = ("host", "hostaddr", "port", "dbname")


def resolved(dsn: str, resolve: Callable[[str], str], place: Place) -> str:
    """The address for the server, as `key=value`; `resolve` puts in what references stand for.

    What stands for the password is taken as it is: only an address that is a reference as a whole has its password percent-encoded.

    Raises:
        SlactlError: when it is no address.
    """
    try:
        password = _password(dsn)
        if _REFERENCE not in password:
            return make_conninfo(_unmistakable(resolve(dsn)))
        before, _, after = dsn.partition(password)
        return make_conninfo(resolve(before) + password + resolve(after), password=resolve(password))
    except (psycopg.Error, ValueError):
        raise SlactlError(
            "spec.state.dsn is no PostgreSQL address",  # the text of the error holds the address, and that a password
            "Write postgresql://user@host:5432/database, or host=... dbname=..., the password as ${env.NAME}. In an address that "
            "is a reference as a whole, characters like @ and / of the password are percent-encoded: %40, %2F.",
            place,
        ) from None


def database_of(conninfo: str) -> str:
    """The database that an address leads to, in words; who logs in, and with what, is left out."""
    defaults = {one.keyword.decode(): one.val for one in psycopg.pq.Conninfo.get_defaults()}
    given = conninfo_to_dict(conninfo)

    def of(key: str) -> str:
        default = defaults.get(key)
        return str(given.get(key) or (default.decode() if default else ""))

    if service := of("service"):
        return " ".join(
            [f"the service {service}", *(f"{key}={given[key]}" for key in _PLACE if key in given)]
        )
    return f"{of('dbname') or of('user')} on {of('host') or of('hostaddr') or 'this machine'}:{of('port')}"


def _password(dsn: str) -> str:
    """The password as it stands, references included; empty where there is none, or the whole address is a reference."""
    try:
        return str(conninfo_to_dict(dsn).get("password") or "")
    except psycopg.Error:
        return ""


def _unmistakable(address: str) -> str:
    """Refuse a URI that a password with an @ or a / cuts in the wrong place: the rest would be shown as the name of a host.

    Raises:
        ValueError: for such an address.
    """
    _, is_uri, rest = address.partition("://")
    authority, _, database = rest.partition("?")[0].partition("/")
    if is_uri and (authority.count("@") > 1 or "@" in database):
        raise ValueError("an @ that is not percent-encoded")
    return address
