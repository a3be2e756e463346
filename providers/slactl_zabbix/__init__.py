"""Zabbix: service trees from the structure of the estate, and an SLA object for each availability objective."""

from slactl_zabbix.provider import Provider

__all__ = ["Provider"]
