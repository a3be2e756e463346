"""The usual targets: what people agree on, from loose to strict."""

from decimal import Decimal
from fractions import Fraction

from slactl.base.duration import Duration, parse_duration
from slactl.base.ratio import Ratio

SHARES: tuple[Ratio, ...] = tuple(
    Ratio(Decimal(percent))
    for percent in (
        "90", "95", "98", "99", "99.5", "99.8", "99.9", "99.95", "99.97", "99.98", "99.99", "99.995", "99.998",
        "99.999", "99.9995", "99.9999",
    )
)  # fmt: skip
"""Availabilities and success ratios."""
LOOSEST_NEW = Ratio(Decimal(99))
"""Where the ladder of a promise begins that nobody makes yet."""
NEW_SHARES = tuple(one for one in SHARES if one >= LOOSEST_NEW)
TIMES: tuple[Duration, ...] = tuple(
    parse_duration(text)
    for text in (
        "5d", "3d", "2d", "36h", "1d", "16h", "12h", "8h", "6h", "4h", "3h", "2h", "90m", "1h", "45m", "30m", "20m",
        "15m", "10m", "5m",
    )
)  # fmt: skip
"""Response, resolution and recovery times."""
TOGETHER: tuple[Duration, ...] = tuple(
    parse_duration(text) for text in ("2h", "1h", "30m", "20m", "15m", "10m", "5m", "2m", "1m")
)
"""How long members of a redundant group may be down at once in a month."""


def stricter_shares(than: Ratio) -> tuple[Ratio, ...]:
    """The usual shares above one, the nearest first."""
    return tuple(one for one in SHARES if one > than)


def stricter_times(than: Duration) -> tuple[Duration, ...]:
    """The usual times below one, the nearest first."""
    return tuple(one for one in TIMES if not than.months and one.milliseconds < than.milliseconds)


def supported_shares(share: Fraction) -> tuple[Ratio, ...]:
    """The usual shares that a guaranteed share supports, the strictest first."""
    return tuple(one for one in reversed(SHARES) if one.share <= share)


def supported_times(seconds: Fraction) -> tuple[Duration, ...]:
    """The usual times that a guaranteed time supports, the shortest first."""
    return tuple(one for one in reversed(TIMES) if one.seconds >= seconds)
