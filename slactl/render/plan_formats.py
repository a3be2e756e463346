"""The formats of a plan, by the names that the command line knows."""

from collections.abc import Callable, Mapping

from slactl.plan.plan import Plan
from slactl.render.gitlab_terraform import gitlab_terraform
from slactl.render.plan_json import plan_json
from slactl.render.plan_jsonl import plan_jsonl
from slactl.render.plan_markdown import plan_markdown
from slactl.render.plan_text import plan_text
from slactl.render.style import Style

PlanFormat = Callable[[Plan, Style], str]


def _plain(document: Callable[[Plan], str]) -> PlanFormat:
    """A document has no colours."""
    return lambda plan, _style: document(plan)


PLAN_FORMATS: Mapping[str, PlanFormat] = {
    "text": plan_text,
    "json": _plain(plan_json),
    "jsonl": _plain(plan_jsonl),
    "markdown": _plain(lambda plan: plan_markdown(plan).alone),
    "gitlab-terraform": _plain(gitlab_terraform),
}
"""Each makes its text from a plan; only the one for people is styled."""
PLAN_DOCUMENTS = tuple(name for name in PLAN_FORMATS if name != "text")
"""Those that are written into files."""
