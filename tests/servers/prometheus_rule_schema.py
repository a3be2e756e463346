"""What the API server takes as a `PrometheusRule`: the operator's custom resource definition and Kubernetes' own rules, as a JSON Schema.

Facts taken from the definition of monitoring.coreos.com/v1 (operator 0.82); unknown fields, which the API server would drop
without a word, are errors here.
"""

from typing import Any

_DURATION = r"^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$"
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_NAME_PART = "[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_KEYS = {"pattern": f"^({_SUBDOMAIN}/)?{_NAME_PART}$"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


_RULE = _object(
    ["expr"],
    record={"type": "string"},
    alert={"type": "string"},
    expr={"type": ["string", "integer"]},
    labels=_TEXTS,
    annotations=_TEXTS,
    **{"for": {"type": "string", "pattern": _DURATION}},
    keep_firing_for={"type": "string", "pattern": _DURATION, "minLength": 1},
)
_GROUP = _object(
    ["name"],
    name={"type": "string", "minLength": 1},
    interval={"type": "string", "pattern": _DURATION},
    rules={"type": "array", "items": _RULE},
    labels=_TEXTS,
    limit={"type": "integer"},
    query_offset={"type": "string", "pattern": _DURATION},
    partial_response_strategy={"type": "string", "pattern": "^([aA][bB][oO][rR][tT]|[wW][aA][rR][nN])?$"},
)
SCHEMA = _object(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "monitoring.coreos.com/v1"},
    kind={"const": "PrometheusRule"},
    metadata=_object(
        ["name"],
        name={"type": "string", "pattern": f"^{_SUBDOMAIN}$", "maxLength": 253},
        namespace={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
        labels={
            "type": "object",
            "propertyNames": _KEYS,
            "additionalProperties": {"type": "string", "pattern": f"^({_NAME_PART})?$"},
        },
        annotations={**_TEXTS, "propertyNames": _KEYS},
    ),
    spec=_object([], groups={"type": "array", "items": _GROUP}),
)
