"""Bodies of Zabbix services and SLA objects, and connections to the server under test."""

from datetime import date
from pathlib import Path
from typing import Any

from zabbix_server import ZabbixServer

from slactl.base.diagnostics import Place
from slactl.model.backend import Backend
from slactl.provider import Context
from slactl_zabbix import Provider
from slactl_zabbix.connection import ZabbixConnection

TODAY = date(2026, 11, 24)


def connect(zabbix: ZabbixServer, workspace: str = "estate", **config: str) -> ZabbixConnection:
    known = {"url": zabbix.url, "user": "Admin", "password": "zabbix"} if not config.get("token") else {}
    backend = Backend("noc", Place("x.yaml"), "zabbix", {"url": zabbix.url, **known, **config})
    connection = Provider().connect(backend, backend.config, Context(Path(), workspace, TODAY))
    assert isinstance(connection, ZabbixConnection)
    return connection


def node(name: str, **more: Any) -> dict[str, Any]:
    tags = [{"tag": "service", "operator": "equals", "value": name}]
    return {
        "name": name, "description": "", "bad_when": "most critical child", "rules": [], "children": [],
        "problem_tags": tags, "node": "", **more,
    }  # fmt: skip


def sla(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "description": "About it.", "slo": "99.95", "period": "monthly", "timezone": "Europe/Berlin",
        "effective": "2026-01-01", "enabled": True,
        "services": [{"tag": "slactl.service", "operator": "equals", "value": "estate/shop"}],
        "schedule": ["mon 08:00 - mon 18:00"], "excluded_downtimes": "2026-12-24T07:00:00Z - 2026-12-24T17:00:00Z feast",
        **more,
    }  # fmt: skip
