"""A look at staged rules before they go in place, by the tool of those who will evaluate them."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider.marked_files import yaml_text
from slactl_prometheus.formats import AS_THEY_ARE, groups_of
from slactl_prometheus.settings import Settings

_FILES_A_CHECK = 200


def check_rules(staged: Mapping[Path, Mapping[str, Any]], settings: Settings) -> None:
    """Have promtool, or vmalert, look at staged files; `staged` says what is in each.

    Raises:
        SlactlError: when the tool refuses them, or is not there and has to be.
    """
    if settings.promtool == "off" or not staged:
        return
    by_vmalert = settings.format.name == "vmalert"
    tool = "vmalert" if by_vmalert else "promtool"
    found = shutil.which(tool)
    if found is None:
        if settings.promtool == "required":
            where = "It comes with VictoriaMetrics" if by_vmalert else "Install Prometheus' tools"
            raise SlactlError(f"{tool} is not installed", f"{where}; or set promtool: auto.")
        return
    files = [_readable(path, body, settings) for path, body in staged.items()]
    for first in range(0, len(files), _FILES_A_CHECK):
        part = files[first : first + _FILES_A_CHECK]
        arguments = (
            ["-dryRun", *(f"-rule={path}" for path in part)]
            if by_vmalert
            else ["check", "rules", *map(str, part)]
        )
        _run(tool, [found, *arguments], part[0].parent)


def _readable(path: Path, body: Mapping[str, Any], settings: Settings) -> Path:
    """The file itself, or beside it one with its groups alone where promtool does not know what stands around them."""
    if settings.format.name in AS_THEY_ARE:
        return path
    bare = path.with_suffix(".groups")
    bare.write_text(yaml_text({"groups": groups_of(body)}), encoding="utf-8")
    return bare


def _run(tool: str, command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SlactlError(f"{tool} refuses the rules", _words(done.stdout + done.stderr, folder))


def _words(output: str, folder: Path) -> str:
    """What the tool says about the rules, without what it says about itself."""
    own = (line for line in output.splitlines() if "\tinfo\t" not in line)
    lines = [line.split("\tfatal\t")[-1].strip().replace(f"{folder}/", "") for line in own]
    kept = [line for line in lines if line and not line.startswith(("SUCCESS", "Checking"))]
    return " ".join(kept[:10])
