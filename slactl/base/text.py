"""Words for people: the nearest known name, lists in sentences."""

from collections.abc import Iterable, Sequence


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, or None when none is close."""
    import difflib  # noqa: PLC0415 - only messages need it

    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?` for the nearest known name, or the known names when there are few, or nothing."""
    names = sorted(known)
    suggestion = nearest(name, names)
    if suggestion is not None:
        return f' Did you mean "{suggestion}"?'
    if 0 < len(names) <= 12:  # noqa: PLR2004 - a list that still reads as a sentence
        return f" Known here: {', '.join(names)}."
    return ""


def sentence_list(items: Sequence[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def printable(text: str) -> str:
    """The text without characters that would move the cursor or change the terminal; line breaks stay."""
    return "".join(
        char if char.isprintable() or char == "\n" else " " if char == "\t" else "\ufffd" for char in text
    )


def plural(count: int, noun: str, many: str | None = None) -> str:
    """`1 rule`, `2 rules`; `many` for nouns that do not take an s."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"
