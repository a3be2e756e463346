"""Does the built wheel hold what an installation needs, and nothing else?"""

import sys
import zipfile
from pathlib import Path

NEEDED = (
    "slactl/cli/main.py",
    "slactl/py.typed",
    "slactl/provider/template/package/provider.py.template",
    "slactl/provider/template/pyproject.toml.template",
    "slactl/schemas/agreement.schema.json",
    "slactl_alertmanager/__init__.py",
    "slactl_grafana/__init__.py",
    "slactl_icinga2/__init__.py",
    "slactl_prometheus/__init__.py",
    "slactl_zabbix/__init__.py",
)
ALLOWED = (
    "slactl/",
    "slactl_alertmanager/",
    "slactl_grafana/",
    "slactl_icinga2/",
    "slactl_prometheus/",
    "slactl_zabbix/",
    "slactl-",
)


def problems(wheel: Path) -> list[str]:
    """What is missing from a wheel, or does not belong into it."""
    names = zipfile.ZipFile(wheel).namelist()
    missing = [f"missing: {name}" for name in NEEDED if name not in names]
    return missing + [f"does not belong: {name}" for name in names if not name.startswith(ALLOWED)]


if __name__ == "__main__":
    (newest,) = sorted(Path(sys.argv[1]).glob("*.whl"))[-1:]
    found = problems(newest)
    sys.stdout.write("\n".join([f"{newest.name}: {'not ' if found else ''}as it should be", *found]) + "\n")
    sys.exit(bool(found))
