"""Rule files: marked as ours by a header, and a body that is YAML for whoever evaluates it."""

from collections.abc import Mapping
from typing import Any

import yaml

from slactl.provider.marked_files import YamlForm, load_yaml
from slactl_prometheus.formats import in_normal_form

RULES = YamlForm(in_normal_form)
"""The form of a rule file."""


def parse_rules(text: str) -> Mapping[str, Any] | None:
    """What a rule file of others holds, or None where that is no YAML mapping."""
    try:
        body = load_yaml(text)
    except yaml.YAMLError:
        return None
    return body if isinstance(body, Mapping) else None
