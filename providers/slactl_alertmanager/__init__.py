"""The Alertmanager provider: who is told when an agreement's budget burns, and when nobody shall be.

slactl owns a marked part of a configuration file that others own: receivers, routes, times, inhibitions.
`docs/providers/alertmanager.md` says what is generated and why.
"""

from slactl_alertmanager.provider import Provider

__all__ = ["Provider"]
