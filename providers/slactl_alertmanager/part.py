"""slactl's marked part of a file, apart from what others wrote, which stays as it is, byte for byte.

The part is lines of its own: blocks between two comments, keys that slactl added (each says so), and `# slactl: was` before an
empty list that had to make room. Taking them out gives back exactly what others wrote; a test of every write.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from slactl.base.diagnostics import SlactlError
from slactl_alertmanager.blocks import BEGIN, END, Block, read_block
from slactl_alertmanager.layout import Layout, Section, layout_of
from slactl_alertmanager.names import SECTIONS

_ADDED = " # slactl: this key was added, and goes with the last block"
_WAS = "# slactl: was "
_IS_ADDED = re.compile(r" *[a-z_]+:" + re.escape(_ADDED) + r"\r?\n?\Z")
_IS_ITEM = re.compile(r" *-(\s|$)")
_IS_REMARK = re.compile(r"\s*(#.*)?$")
_BOM = "\ufeff"
Key = tuple[str, str]
"""A workspace and an address."""


@dataclass(frozen=True)
class Part:
    """A file in two halves."""

    file: str
    others: str = field(repr=False)
    """What others wrote."""
    blocks: Mapping[Key, Block] = field(default_factory=dict)
    """In the order in which they stand."""
    places: Mapping[Key, int] = field(default_factory=dict)
    """The offset in `others` at which each stands."""

    @classmethod
    def of(cls, content: bytes, file: str) -> "Part":
        """Take a file apart.

        Raises:
            SlactlError: when it is no UTF-8, or marks are damaged.
        """
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = _BOM
        if text.startswith(_BOM):
            raise SlactlError(
                f"{file} is no plain UTF-8 text",
                "Alertmanager reads UTF-8, here without a byte order mark. Check configFile, and save it so.",
            )
        return _Reader(file).read(text)

    def layout(self) -> Layout:
        """Where the lists of others begin.

        Raises:
            SlactlError: when they cannot be found, or leave no place.
        """
        return layout_of(self.others, self.file)

    def in_place(self, key: Key, layout: Layout) -> bool:
        """Whether a block stands where it belongs: before the first item of others, so that it counts first."""
        low, high = sorted((layout.sections[self.blocks[key].section].offset, self.places[key]))
        lines = self.others[low:high].split("\n")
        return all(not line.strip() or line.lstrip().startswith("#") for line in lines)

    def written(self, blocks: Mapping[Key, Block]) -> bytes:
        """The file with these blocks in place of those that it has.

        Raises:
            SlactlError: when the file leaves no place for them.
        """
        layout = self.layout()
        text = self.others
        insertions = [_insertion(layout.sections[name], name, blocks) for name in SECTIONS]
        for offset, cut, words in sorted(
            (one for found in insertions for one in found), key=lambda one: one[0], reverse=True
        ):
            if offset and text[offset - 1] != "\n" and words.endswith("\n"):
                raise SlactlError(
                    f"{self.file} does not end its last line", "End the file with a newline, and apply again."
                )
            text = text[:offset] + words + text[offset + cut :]
        content = text.encode()
        if Part.of(content, self.file).others != self.others:
            raise SlactlError(
                f"{self.file} cannot take slactl's part without a change to what others wrote",
                "This is a fault of slactl's; nothing was written.",
            )
        return content


def _insertion(section: Section, name: str, blocks: Mapping[Key, Block]) -> list[tuple[int, int, str]]:
    """What goes in where: offset, characters cut, text."""
    mine = [one.indented(section.indent) for one in blocks.values() if one.section == name]
    if not mine:
        return []
    lines = "".join(line for one in mine for line in one.lines)
    if section.missing:
        lines = f"{' ' * (section.indent - 2)}{name}:{_ADDED}\n{lines}"
    was = [] if section.empty is None else [(section.empty[0], 0, _WAS)]
    return [(section.offset, 0, lines), *was]


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._others: list[str] = []
        self._length = 0
        self._blocks: dict[Key, Block] = {}
        self._places: dict[Key, int] = {}
        self._open: list[str] = []
        self._address = ""
        self._added = ""
        """The key that slactl added last, while nothing of others came after it."""
        self._filled = ""
        """The same of an empty list that slactl filled: its key alone."""

    def read(self, text: str) -> Part:
        lines = re.findall(r"[^\n]*\n|[^\n]+", text)
        for number, line in enumerate(lines, 1):
            self._take(line, number)
        if self._open:
            raise self._damaged(f"the block of {self._address} has no end")
        return Part(self._file, "".join(self._others), self._blocks, self._places)

    def _take(self, line: str, number: int) -> None:
        begin, end = (BEGIN.match(line), END.match(line)) if "# slactl" in line else (None, None)
        if begin is not None:
            if self._open:
                raise self._damaged(f"the block of {self._address} has no end before line {number}")
            self._open, self._address = [line], begin["address"]
        elif end is not None:
            if end["address"] != self._address or not self._open:
                raise self._damaged(f"line {number} ends a block that has no beginning")
            self._close([*self._open, line], number)
        elif self._open:
            self._open.append(line)
        elif _IS_ADDED.match(line):
            self._added = line.replace(_ADDED, "", 1)
        else:
            self._keep_key_of(line)
            self._take_others(line.replace(_WAS, "", 1))
            if _WAS in line:
                self._filled = line.partition(_WAS)[0].rstrip() + "\n"

    def _take_others(self, line: str) -> None:
        self._others.append(line)
        self._length += len(line)

    def _keep_key_of(self, line: str) -> None:
        """An item that lost its marks is somebody else's, and so is the key over it that slactl had added or filled."""
        if _IS_REMARK.match(line):
            return
        if _IS_ITEM.match(line) and self._added:
            self._take_others(self._added)
        if _IS_ITEM.match(line) and self._filled:
            self._length += len(self._filled) - len(self._others[-1])
            self._others[-1] = self._filled
        self._added = self._filled = ""

    def _close(self, lines: list[str], number: int) -> None:
        block = read_block(tuple(lines))
        key = (block.workspace, block.address)
        if key in self._blocks:
            raise self._damaged(f"a second block of {block.address} ends in line {number}")
        self._blocks[key] = block
        self._places[key] = self._length
        self._open, self._address = [], ""

    def _damaged(self, what: str) -> SlactlError:
        return SlactlError(
            f"slactl's part of {self._file} is damaged: {what}",
            "Bring the marks back (# slactl begin, # slactl end), or remove the whole block with both of them, and plan again.",
        )
