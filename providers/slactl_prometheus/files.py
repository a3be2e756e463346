"""Rule files: marked as ours by a header, and a body that is YAML for Prometheus."""

from collections.abc import Mapping
from typing import Any

import yaml

from slactl.provider.marked_files import YamlForm, load_yaml


def in_normal_form(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with its groups by name: Prometheus evaluates them side by side, so their order means nothing.

    Rules within a group keep theirs: they are evaluated one after the other.
    """
    groups = body.get("groups")
    named = isinstance(groups, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in groups
    )
    return {**body, "groups": sorted(groups or (), key=lambda one: one["name"])} if named else body


RULES = YamlForm(in_normal_form)
"""The form of a rule file."""


def parse_rules(text: str) -> Mapping[str, Any] | None:
    """What a rule file of others holds, or None where that is no YAML mapping."""
    try:
        body = load_yaml(text)
    except yaml.YAMLError:
        return None
    return body if isinstance(body, Mapping) else None
