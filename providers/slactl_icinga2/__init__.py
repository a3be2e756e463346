"""The Icinga 2 provider: what agreements watch as hosts and services, their hours as time periods.

`docs/providers/icinga2.md` says what is created, and what Icinga cannot hold.
"""

from slactl_icinga2.provider import Provider

__all__ = ["Provider"]
