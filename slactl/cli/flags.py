"""Flags as hands and pipelines know them from Terraform, in the form that argparse reads."""

from collections.abc import Iterator, Sequence

_SWITCHES = frozenset(
    {
        "auto-approve",
        "check",
        "destroy",
        "detailed-exitcode",
        "diff",
        "force",
        "json",
        "migrate-state",
        "no-color",
        "or-create",
        "raw",
        "reconfigure",
        "refresh-only",
    }
)
"""What is on when it is there; `-json=true` and `-json=false` are the same as with and without."""
_CHOICES = frozenset({"input", "lock", "refresh"})
"""What is on without being there; `-refresh` alone is `-refresh=true`."""
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})


def with_two_dashes(options: Sequence[str]) -> list[str]:
    """`-out=FILE` as `--out=FILE`, truth as Go writes it; everything behind a bare `--` stays."""
    cut = options.index("--") if "--" in options else len(options)
    mine = [*options[:cut]]
    found = [one for index, option in enumerate(mine) for one in _changed(option, mine[index + 1 :])]
    return [*found, *options[cut:]]


def _changed(option: str, behind: Sequence[str]) -> Iterator[str]:
    if not option.startswith("-") or len(option) < 3 or not option.lstrip("-")[:1].isalpha():  # noqa: PLR2004 - `-C` stays
        yield option
        return
    name, equals, value = option.lstrip("-").partition("=")
    if name in _SWITCHES and value in _TRUE | _FALSE:
        yield from [f"--{name}"] if value in _TRUE else []
    elif name in _CHOICES and value in _TRUE | _FALSE:
        yield f"--{name}={'true' if value in _TRUE else 'false'}"
    elif name in _CHOICES and not equals and behind[:1] not in (["true"], ["false"]):
        yield f"--{name}=true"
    else:
        yield option if option.startswith("--") else f"-{option}"
