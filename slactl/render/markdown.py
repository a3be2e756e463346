"""Words in Markdown that stay words: whatever they hold, no markup, no mention and no line break comes of it."""

import re

from slactl.render.plan_attributes import visible

MOST_CHARACTERS = 65_536
"""Code points of a comment. GitHub stores 262,144 bytes of a comment, which are 65,536 characters whatever they are, and
65,536 characters of a description; GitLab takes 1,000,000 characters of a note."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
_AT_THE_START = re.compile(r"\A(\d{1,9}(?=[.)])|(?=[-+=]))([-+=.)])(?=[-=\s]|\Z)")
"""What makes a list, a rule or a heading of a line when it begins with it."""
_BACKTICKS = re.compile(r"`+")


def words(text: str, most: int | None = None) -> str:
    """A text as words of a paragraph, a list or a table; `most` characters of it at the most."""
    escaped = _AT_THE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", _line(text, most)))
    return escaped.replace("&", "&amp;").replace("@", "&#64;")


def code(name: str, most: int | None = None) -> str:
    """A name as code; one that has backticks itself stands between longer runs of them."""
    line = _line(name, most) or "(empty)"
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def _line(text: str, most: int | None) -> str:
    line = visible(" ".join(text.split()))
    return line if most is None else shortened(line, most)
