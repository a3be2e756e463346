"""`PrometheusRule` objects of the Prometheus operator: names, labels, and what Kubernetes allows in them.

Written against the operator's custom resource definition (monitoring.coreos.com/v1) and Kubernetes' rules for names and
labels. An object's content becomes a key of a ConfigMap, `NAMESPACE-NAME-UID.yaml`, which bounds the length of names.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slactl.provider.config import BadConfigError

MOST_BYTES = 512 * 1024
"""The operator refuses an object whose rules are longer (half of what a ConfigMap holds)."""
_MOST_NAME = 253 - 63 - 36 - len("--.yaml")
_DIGEST = 12
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PREFIX = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME = re.compile(r"[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_OURS = ("app.kubernetes.io/managed-by", "slactl.workspace", "slactl.address")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the configuration says about the objects beside their rules."""

    namespace: str | None = None
    """None: the one that whoever applies them is in."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def around(self, workspace: str, address: str, groups: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The object that holds some groups; labels and annotations carry our mark."""
        metadata: dict[str, Any] = {"name": _object_name(workspace, address)}
        if self.namespace is not None:
            metadata["namespace"] = self.namespace
        metadata["labels"] = {
            **dict(sorted(self.labels.items())),
            "app.kubernetes.io/managed-by": "slactl",
            "slactl.workspace": workspace,
        }
        metadata["annotations"] = {**dict(sorted(self.annotations.items())), "slactl.address": address}
        return {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": [*groups]},
        }


def _object_name(workspace: str, address: str) -> str:
    """A DNS-1123 subdomain; one that is too long ends in a digest of itself instead."""
    name = f"slactl.{workspace}.{address}"
    if len(name) <= _MOST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: _MOST_NAME - _DIGEST - 1].rstrip('.-')}-{digest}"


def read_manifest(config: Mapping[str, Any]) -> Manifest:
    """Read `manifest` of a backend's configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    value = config.get("manifest", {})
    if not isinstance(value, Mapping):
        raise BadConfigError(
            "manifest", "manifest says what the objects carry: {namespace: ..., labels: {release: ...}}."
        )
    for key in value:
        if key not in ("namespace", "labels", "annotations"):
            raise BadConfigError(
                ("manifest", str(key)), f'manifest has namespace, labels and annotations, not "{key}".'
            )
    namespace = value.get("namespace")
    if namespace is not None and not _LABEL.fullmatch(str(namespace)):
        raise BadConfigError(
            ("manifest", "namespace"),
            f'A namespace is lower case letters, digits and dashes, 63 at most, not "{namespace}".',
        )
    return Manifest(
        None if namespace is None else str(namespace),
        {key: _label_value(key, one) for key, one in _texts(value, "labels")},
        dict(_texts(value, "annotations")),
    )


def _texts(manifest: Mapping[str, Any], part: str) -> list[tuple[str, str]]:
    value = manifest.get(part, {})
    if not isinstance(value, Mapping) or any(isinstance(one, (Mapping, list)) for one in value.values()):
        raise BadConfigError(("manifest", part), f"{part} maps names to texts: {{release: prometheus}}.")
    for key in value:
        prefix, slash, name = str(key).rpartition("/")
        if not _NAME.fullmatch(name) or (slash and not _PREFIX.fullmatch(prefix)):
            raise BadConfigError(
                ("manifest", part, str(key)),
                f'"{key}" is no name for Kubernetes: letters, digits, dots, dashes and underscores, 63 at most, '
                "after a domain and a slash if need be.",
            )
        if key in _OURS:
            raise BadConfigError(("manifest", part, str(key)), f"{key} is slactl's own mark.")
    return [(str(key), "" if one is None else str(one)) for key, one in value.items()]


def _label_value(key: str, value: str) -> str:
    if value and not _NAME.fullmatch(value):
        raise BadConfigError(
            ("manifest", "labels", key),
            f'"{value}" is no value of a label: letters, digits, dots, dashes and underscores, 63 at most.',
        )
    return value
