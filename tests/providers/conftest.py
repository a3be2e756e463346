"""Real servers that the tests of several files share."""

from collections.abc import Iterator

import pytest
import zabbix_server
from zabbix_server import ZabbixServer


@pytest.fixture(scope="session")
def zabbix_of_the_run() -> Iterator[ZabbixServer]:
    """One Zabbix for the whole run: it takes its time to start."""
    with zabbix_server.running() as server:
        yield server


@pytest.fixture
def zabbix(zabbix_of_the_run: ZabbixServer) -> ZabbixServer:
    """A Zabbix that holds nothing yet."""
    zabbix_of_the_run.clear()
    return zabbix_of_the_run
