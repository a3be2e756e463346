"""amtool, which knows whether Alertmanager would take a file."""

import shutil
import subprocess
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl_alertmanager.secrets import Secrets

_MOST_LINES = 10


def check(file: Path, title: str, when: str, secrets: Secrets) -> None:
    """Have amtool look at a file, where it is installed; `title` names it to the user.

    Raises:
        SlactlError: when it refuses the file, or is required and missing.
    """
    if when == "off":
        return
    amtool = shutil.which("amtool")
    if amtool is None:
        if when == "required":
            raise SlactlError("amtool is not installed", "Install Alertmanager's tools, or set amtool: auto.")
        return
    done = subprocess.run([amtool, "check-config", str(file)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = _words(done.stdout + done.stderr, file, title)
        raise SlactlError(f"amtool refuses {title} as it would become", secrets.hidden(said))


def _words(output: str, file: Path, title: str) -> str:
    """What it says is wrong: the rest of its first line, and what follows."""
    lines = [line.strip().replace(str(file), title) for line in output.partition("FAILED:")[2].splitlines()]
    kept = [line for line in lines if line and not line.startswith("amtool: error: failed to validate")]
    return " ".join(kept[:_MOST_LINES]) or "It does not say why."
