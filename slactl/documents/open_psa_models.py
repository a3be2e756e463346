"""Which files belong together as one Open-PSA model: fault trees in one, their data perhaps in others."""

from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

from slactl.base.quick_dataclass import dataclass, field

_TREE = "define-fault-tree"


@dataclass(slots=True)
class Model:
    """A file with fault trees, and the files with data that it is read with."""

    file: str
    data: list[str] = field(default_factory=list)


def models(root: Path, files: Sequence[str]) -> list[Model]:
    """The files below `root` as models.

    A file without fault trees belongs to the one before it, and to all where none is before it.
    """
    found: list[Model] = []
    common: list[str] = []
    for file in files:
        if has_trees(root / file):
            found.append(Model(file, list(common)))
        elif found:
            found[-1].data.append(file)
        else:
            common.append(file)
    return found or [Model(file) for file in files]


def has_trees(path: Path) -> bool:
    """Whether a file defines a fault tree; one that cannot be read is taken for one, and then says why."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = _stop_at_a_tree
    parser.StartDoctypeDeclHandler = _stop  # with entities, which nobody is to unfold
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (_Enough, OSError, expat.ExpatError, ValueError, LookupError):
        return True
    return False


class _Enough(Exception):  # noqa: N818 - no error: it ends the reading
    """The file is known for what it is."""


def _stop_at_a_tree(tag: str, _attributes: object) -> None:
    if tag == _TREE:
        raise _Enough


def _stop(*_declaration: object) -> None:
    raise _Enough
