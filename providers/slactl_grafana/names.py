"""How objects are named: addresses in plans and state, and ids in Grafana."""

import hashlib

DASHBOARD, PROVISIONING = "dashboard", "provisioning"
"""Types of objects."""
TAG = "slactl"
"""A tag of every dashboard that slactl writes."""
_UID_BYTES = 16
"""With its prefix 39 characters in hexadecimal: Grafana takes 40 at most, and refuses the dashboard beyond."""


def dashboard_address(backend: str, agreement: str) -> str:
    """`graf.dashboard.sla.acme-shop`."""
    return f"{backend}.{DASHBOARD}.{agreement}"


def uid_of(workspace: str, address: str) -> str:
    """By what Grafana knows a dashboard, and links lead to it: the same as long as workspace and address are."""
    text = f"{workspace}\0{address}".encode()
    return f"slactl-{hashlib.blake2b(text, digest_size=_UID_BYTES).hexdigest()}"
