"""A new provider's package, from templates: it works as it is, and shows where to change what."""

import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from slactl import __version__

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_SUFFIX = ".template"


def name_fault(name: str) -> str:
    """What is wrong with a provider's name; empty: nothing."""
    if not _NAME.fullmatch(name):
        return "A name is small letters, digits and single hyphens, and begins with a letter: thermo, my-monitor."
    if len(name) > _LONGEST:
        return f"A name has {_LONGEST} letters at most; this has {len(name)}."
    return ""


def distribution_of(name: str) -> str:
    """How the package is installed: `slactl-thermo`."""
    return f"slactl-{name}"


def package_of(name: str) -> str:
    """How the package is imported: `slactl_thermo`."""
    return distribution_of(name).replace("-", "_")


def new_provider(name: str) -> Mapping[str, str]:
    """The files of a provider's package, by path below its folder."""
    words = {
        "@NAME@": name,
        "@DISTRIBUTION@": distribution_of(name),
        "@PACKAGE@": package_of(name),
        "@TITLE@": name.replace("-", " ").title(),
        "@VERSION@": __version__,
    }
    found = dict[str, str]()
    for path, template in _templates(files("slactl.provider") / "template"):
        text = template.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        found[path.replace("package/", f"src/{package_of(name)}/", 1).removesuffix(_SUFFIX)] = text
    return found


def _templates(folder: Traversable, below: str = "") -> list[tuple[str, Traversable]]:
    found = list[tuple[str, Traversable]]()
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            found += _templates(one, f"{below}{one.name}/")
        elif one.name.endswith(_SUFFIX):
            found.append((f"{below}{one.name}", one))
    return found
