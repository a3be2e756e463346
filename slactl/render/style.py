"""Colour, where it is wanted: a terminal, no `NO_COLOR`, no `-no-color`."""

from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How words stand out; without colour every method returns its text unchanged."""

    colour: bool = False

    def bold(self, text: str) -> str:
        """Headings and names."""
        return self._in("1", text)

    def good(self, text: str) -> str:
        """Additions, and promises that are kept."""
        return self._in("32", text)

    def warn(self, text: str) -> str:
        """Changes and warnings."""
        return self._in("33", text)

    def bad(self, text: str) -> str:
        """Deletions, errors, and promises that are not supported."""
        return self._in("31", text)

    def dim(self, text: str) -> str:
        """What matters less."""
        return self._in("2", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text
