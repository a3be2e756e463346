"""The formats of `check`, by the names that the command line knows."""

from collections.abc import Callable, Mapping

from slactl.render.check_json import check_json
from slactl.render.check_report import CheckReport
from slactl.render.check_text import check_text
from slactl.render.code_quality import code_quality
from slactl.render.github import github
from slactl.render.junit import junit
from slactl.render.markdown_check import markdown
from slactl.render.sarif import sarif
from slactl.render.style import Style

Format = Callable[[CheckReport, Style], str]


def _plain(document: Callable[[CheckReport], str]) -> Format:
    """A document has no colours."""
    return lambda report, _style: document(report)


FORMATS: Mapping[str, Format] = {
    "human": check_text,
    "json": _plain(check_json),
    "sarif": _plain(sarif),
    "junit": _plain(junit),
    "github": _plain(github),
    "gitlab-codequality": _plain(code_quality),
    "markdown": _plain(markdown),
}
"""Each makes its text from a report; only the one for people is styled."""
