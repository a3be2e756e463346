"""Pieces of PromQL: texts, selectors, numbers, lengths of time."""

import re
from decimal import Decimal

from slactl.base.duration import Duration
from slactl.base.ratio import plain

_PLAIN_SELECTOR = re.compile(r"\s*[a-zA-Z_:][a-zA-Z0-9_:]*\s*(\{.*\})?\s*\Z", re.DOTALL)


def quoted(text: str) -> str:
    """A text as PromQL writes it, whatever is in it."""
    escaped = (
        text.replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t")
    )
    return f'"{escaped}"'


def is_selector(text: str) -> bool:
    """Whether a text is a metric with or without matchers, so that a range may be put behind it."""
    return _PLAIN_SELECTOR.match(text) is not None


def with_matcher(selector: str, matcher: str) -> str:
    """The selector with one more matcher."""
    body = selector.strip()
    if not body.endswith("}"):
        return f"{body}{{{matcher}}}"
    inside = body[:-1].rstrip()
    separator = "" if inside.endswith(("{", ",")) else ","
    return f"{inside}{separator}{matcher}}}"


def length(seconds: int) -> str:
    """Seconds as the longest single unit that says them: `5m`, `1h`, `90s`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def le_matcher(threshold: Duration) -> str:
    """A matcher of the bucket boundary in seconds, as clients write it: `0.3`, `1` or `1.0`."""
    number = plain(Decimal(threshold.milliseconds).scaleb(-3))
    forms = [number] if "." in number else [number, f"{number}.0"]
    if len(forms) == 1:
        return f'le="{forms[0]}"'
    return f"le=~{quoted('|'.join(form.replace('.', chr(92) + '.') for form in forms))}"
