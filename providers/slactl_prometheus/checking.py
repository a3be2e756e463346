"""A look at staged rules before they go in place, by the tool of those who will evaluate them."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider.marked_files import yaml_text
from slactl_prometheus.formats import AS_THEY_ARE, groups_of
from slactl_prometheus.settings import Settings

_FILES_A_CHECK = 200


def refused_rules(staged: Mapping[Path, Mapping[str, Any]], settings: Settings) -> dict[Path, str]:
    """What promtool, or vmalert, says about each staged file that it refuses; `staged` says what is in each.

    Raises:
        SlactlError: when the tool is not there and has to be.
    """
    if settings.promtool == "off" or not staged:
        return {}
    by_vmalert = settings.format.name == "vmalert"
    tool = "vmalert" if by_vmalert else "promtool"
    found = shutil.which(tool)
    if found is None:
        if settings.promtool == "required":
            where = "It comes with VictoriaMetrics" if by_vmalert else "Install Prometheus' tools"
            raise SlactlError(f"{tool} is not installed", f"{where}; or set promtool: auto.")
        return {}
    files = {_readable(path, body, settings): path for path, body in staged.items()}
    look = _Look(tool, found, by_vmalert)
    parts = _batched([*files], _FILES_A_CHECK)
    return {files[path]: words for part in parts for path, words in look.refused(part)}


@dataclass(frozen=True, slots=True)
class _Look:
    """How the tool is asked."""

    tool: str
    program: str
    by_vmalert: bool

    def refused(self, files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
        """A set that is refused is halved until the file at fault stands alone."""
        words = self._words(files)
        if words and len(files) == 1:
            yield files[0], f"{self.tool} refuses the rules: {words}"
        elif words:
            half = len(files) // 2
            yield from self.refused(files[:half])
            yield from self.refused(files[half:])

    def _words(self, files: Sequence[Path]) -> str:
        """What the tool has against some files; empty: nothing."""
        arguments = [f"-rule={one}" for one in files] if self.by_vmalert else [str(one) for one in files]
        command = ["-dryRun"] if self.by_vmalert else ["check", "rules"]
        done = subprocess.run(
            [self.program, *command, *arguments], capture_output=True, text=True, check=False
        )
        said = _words(done.stdout + done.stderr, files[0].parent)
        return (said or f"it ends with {done.returncode}") if done.returncode else ""


def _batched(files: Sequence[Path], most: int) -> Iterator[Sequence[Path]]:
    """The files in parts of at most so many."""
    for first in range(0, len(files), most):
        yield files[first : first + most]


def _readable(path: Path, body: Mapping[str, Any], settings: Settings) -> Path:
    """The file itself, or beside it one with its groups alone where promtool does not know what stands around them."""
    if settings.format.name in AS_THEY_ARE:
        return path
    bare = path.with_suffix(".groups")
    bare.write_text(yaml_text({"groups": groups_of(body)}), encoding="utf-8")
    return bare


def _words(output: str, folder: Path) -> str:
    """What the tool says about the rules, without what it says about itself."""
    own = (line for line in output.splitlines() if "\tinfo\t" not in line)
    lines = [line.split("\tfatal\t")[-1].strip().replace(f"{folder}/", "") for line in own]
    kept = [line for line in lines if line and not line.startswith(("SUCCESS", "Checking"))]
    return " ".join(kept[:10])
