"""The Prometheus provider: agreements as rule files, exact and cheap.

An objective is one recording rule; what all objectives share (windows, burn rates, alerts) is a handful of rules for the
fleet. `docs/providers/prometheus.md` says what is generated and why.
"""

from slactl_prometheus.provider import Provider, recorded

__all__ = ["Provider", "recorded"]
