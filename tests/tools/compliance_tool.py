"""terraform-compliance in a virtual environment of its own.

It wants IPython 7.16.1, and it brings a package called `tests`, which would hide the folder of this name; so it is
installed once in `.build`, away from what slactl is tested with.
"""

import fcntl
import subprocess
import sys
from pathlib import Path

VERSION = "1.16.0"


def installed(repository: Path) -> Path:
    """The Python that has it; made by the first who asks, while others wait."""
    home = repository / ".build" / f"terraform-compliance-{VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    python, done = home / "bin" / "python", home / "installed"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, f"terraform-compliance=={VERSION}"], check=True)
            done.touch()
    return python
