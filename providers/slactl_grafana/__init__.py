"""The Grafana provider: a dashboard an agreement, as JSON files that Grafana provisions.

Dashboards show what the Prometheus provider's rules record. `docs/providers/grafana.md` says what is on them, and why.
"""

from slactl_grafana.provider import Provider

__all__ = ["Provider"]
