"""The formats of `check`, by the names that the command line knows."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from slactl.render.check_report import CheckReport
from slactl.render.markdown_parts import Parts
from slactl.render.style import Style

Format = Callable[[CheckReport, Style], str]


def _made_by(module: str, name: str, *, styled: bool = False) -> Format:
    """A format whose module is loaded when it is asked for; a document has no colours."""

    def made(report: CheckReport, style: Style) -> str:
        form: Any = getattr(import_module(f"slactl.render.{module}"), name)
        text: str = form(report, style) if styled else form(report)
        return text

    return made


def check_comment(report: CheckReport) -> Parts:
    """The comment on a merge request."""
    from slactl.render.markdown_check import check_markdown  # noqa: PLC0415 - as above: when it is asked for

    return check_markdown(report)


FORMATS: Mapping[str, Format] = {
    "human": _made_by("check_text", "check_text", styled=True),
    "json": _made_by("check_json", "check_json"),
    "jsonl": _made_by("check_jsonl", "check_jsonl"),
    "sarif": _made_by("sarif", "sarif"),
    "junit": _made_by("junit", "junit"),
    "github": _made_by("github", "github"),
    "gitlab-codequality": _made_by("code_quality", "code_quality"),
    "markdown": lambda report, _style: check_comment(report).alone,
}
"""Each makes its text from a report; only the one for people is styled."""
FINDING_FORMATS = ("sarif", "junit", "github", "gitlab-codequality")
"""Those that say what is wrong, and where, to what shows it beside the lines."""
