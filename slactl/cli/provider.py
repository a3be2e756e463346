"""`slactl provider new`: a package to begin a provider with."""

import argparse
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.provider.registry import installed_providers
from slactl.provider.scaffold import distribution_of, name_fault, new_provider, package_of


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    words = "write a small, working provider to begin with"
    one = verbs.add_parser(
        "new", help=words, description=f"{words[0].upper()}{words[1:]}.", allow_abbrev=False
    )
    add_output(one)
    one.add_argument("name", metavar="NAME", help="as `spec.provider` of a backend names it: thermo")
    one.add_argument(
        "--path", metavar="DIR", help="the folder to write (default: slactl-NAME); it must be new or empty"
    )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Write the package, and say what to do with it."""
    name = parsed.name
    _insist_on_name(name)
    folder = parsed.root / (parsed.path or distribution_of(name))
    _insist_on_room(folder)
    written = new_provider(name)
    for path, text in written.items():
        _write(folder / path, text)
    console.print(f"Wrote {plural(len(written), 'file')} into {folder}: the provider {name}.")
    if not console.automated:
        place = folder if folder.is_absolute() else f"./{folder}"  # without a slash pip takes it for a name
        console.print(
            f"\nNext:\n  pip install {place}\n  pytest {place}\n"
            f"Then change what is marked CHANGE in {folder / 'src' / package_of(name)}, and install it again."
        )
    return 0


def _insist_on_name(name: str) -> None:
    fault = name_fault(name)
    if fault:
        raise SlactlError(f'"{name}" cannot be the name of a provider', fault)
    taken = next((one for one in installed_providers() if one.name == name), None)
    if taken is not None:
        raise SlactlError(
            f'There is a provider "{name}" already',
            f"It is installed, from {taken.distribution} {taken.version}. Choose another name.",
        )


def _insist_on_room(folder: Path) -> None:
    """Nothing is ever written over.

    Raises:
        SlactlError: when the folder holds something, or is no folder.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise SlactlError(f"{folder} is there, and no folder", "Give another one with -path.")
    if folder.is_dir() and any(folder.iterdir()):
        raise SlactlError(
            f"{folder} is not empty",
            "Nothing was written. Give another folder with -path, or empty this one.",
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
