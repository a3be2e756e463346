"""The estate's structure as one tree of Zabbix services, whose nodes the agreements share.

A service of the estate is a node; a redundant group inside it is a node of its own. What is measured, an indicator, is a
leaf: Zabbix takes problem tags on leaves only.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.model.estate import Estate
from slactl.model.indicator import Indicator
from slactl.model.service import Call, Group
from slactl.provider import Notice, Ref, Resource

Body = dict[str, Any]
MOST_CRITICAL, ALL_CHILDREN, BY_RULES = "most critical child", "all children", "rules"
NODE = "node"
"""The attribute by which an SLA object finds a service: a tag that names workspace and service."""


class Tree:
    """The nodes below the services that agreements promise."""

    def __init__(
        self, estate: Estate, backend: str, workspace: str, leaves: Mapping[str, Sequence[Indicator]]
    ) -> None:
        """`leaves` are the indicators by which each service is measured, by its name."""
        self._estate = estate
        self._backend = backend
        self._workspace = workspace
        self._leaves = leaves
        self._needed_by: dict[str, dict[str, None]] = {}
        self._nodes: dict[str, Body] = {}
        self._measured: dict[str, bool] = {}
        self.notices: list[Notice] = []

    def is_measured(self, service: str) -> bool:
        """Whether a problem of any kind can turn the service's node bad."""
        if service not in self._measured:
            self._measured[service] = False  # a structure in a circle is the check's to refuse
            self._measured[service] = bool(self.leaves_of(service)) or self.rests_on_measured(service)
        return self._measured[service]

    def leaves_of(self, service: str) -> Sequence[Indicator]:
        """The indicators by which a service itself is measured."""
        return self._leaves.get(service, ())

    def rests_on_measured(self, service: str) -> bool:
        """Whether a problem below the service can turn it bad."""
        return any(self.is_measured(call.service) for call in self._estate.services[service].calls())

    def add(self, service: str, needed_by: str) -> None:
        """Have the service's node, and all below it."""
        self._needed_by.setdefault(self._address("service", service), {})[needed_by] = None
        waiting = [service]
        while waiting:
            name = waiting.pop()
            address = self._address("service", name)
            if address not in self._nodes:
                self._nodes[address] = self._service(name)
                waiting.extend(call.service for call in self._estate.services[name].calls())

    def resources(self) -> Iterator[Resource]:
        """Every node, in address order."""
        for address, body in sorted(self._nodes.items()):
            yield Resource(address, body, tuple(sorted(self._needed_by.get(address, ()))))

    def tag_of(self, service: str) -> str:
        """The value of the tag by which SLA objects find the service."""
        return f"{self._workspace}/{service}"

    def _address(self, kind: str, name: str) -> str:
        return f"{self._backend}.{kind}.{name}"

    def _service(self, name: str) -> Body:
        service = self._estate.services[name]
        leaves = [self._leaf(one) for one in self._leaves.get(name, ())]
        shown = service.display_name or name
        about = f"{service.address}, of {service.owner}."
        group = service.depends_on
        if leaves and group is not None and group.at_least < len(group.parts):
            return _node(shown, about, [*leaves, self._gate(group)], node=self.tag_of(name))
        at_least, parts = (0, []) if group is None else (group.at_least, self._parts(group))
        if leaves or group is None or at_least == len(group.parts):
            return _node(shown, about, [*leaves, *parts], node=self.tag_of(name))
        return _redundant(shown, about, parts, at_least, node=self.tag_of(name))

    def _parts(self, group: Group) -> list[str]:
        """The addresses of the members' nodes; nested groups get theirs here."""
        found = [
            self._address("service", part.service) if isinstance(part, Call) else self._gate(part)
            for part in group.parts
        ]
        self._tell_of_repetitions(group, found)
        return list(dict.fromkeys(found))

    def _tell_of_repetitions(self, group: Group, members: Sequence[str]) -> None:
        if 1 < group.at_least < len(members) and len(set(members)) < len(members):
            self.notices.append(
                Notice(
                    Severity.ERROR,
                    f"backend.{self._backend}",
                    f"A group of which {group.at_least} are needed names a member twice, and Zabbix counts each child once. "
                    "Give each instance a service of its own.",
                    group.place,
                )
            )

    def _gate(self, group: Group) -> str:
        parts = self._parts(group)
        if len(parts) == 1:
            return parts[0]
        how = _how(group)
        name = hashlib.blake2b(repr((how, sorted(parts))).encode(), digest_size=6).hexdigest()
        address = self._address("group", name)
        if address not in self._nodes:
            shown = f"{how} {', '.join(self._shown(one) for one in parts)}"
            if group.at_least == len(group.parts):
                self._nodes[address] = _node(shown, "", parts)
            else:
                self._nodes[address] = _redundant(shown, "", parts, group.at_least)
        return address

    def _shown(self, address: str) -> str:
        name = address.split(".", 2)[2]
        if address in self._nodes:
            return f"({self._nodes[address]['name']})"
        return self._estate.services[name].display_name or name

    def _leaf(self, indicator: Indicator) -> str:
        address = self._address("indicator", indicator.name)
        if address not in self._nodes:
            tags = list(problem_tags(indicator))
            about = f"Bad while a problem with these tags is open: {indicator.address}."
            self._nodes[address] = _node(indicator.name, about, [], problem_tags=tags)
        return address


def _how(group: Group) -> str:
    if group.at_least == len(group.parts):
        return "all of"
    return "any of" if group.at_least == 1 else f"{group.at_least} of"


def _redundant(name: str, about: str, parts: Sequence[str], at_least: int, node: str = "") -> Body:
    if at_least == 1:
        return _node(name, about, parts, ALL_CHILDREN, node=node)
    too_many = len(parts) - at_least + 1
    rule = {"bad_children": too_many}
    return _node(name, about, parts, BY_RULES, rules=[rule], node=node)


def _node(
    name: str,
    about: str,
    children: Iterable[str],
    status: str = MOST_CRITICAL,
    *,
    problem_tags: Sequence[Mapping[str, str]] = (),
    rules: Sequence[Mapping[str, int]] = (),
    node: str = "",
) -> Body:
    return {
        "name": name,
        "description": about,
        "bad_when": status,
        "rules": list(rules),
        "children": [Ref(child) for child in sorted(children)],
        "problem_tags": list(problem_tags),
        NODE: node,
    }


def problem_tags(indicator: Indicator) -> Iterator[dict[str, str]]:
    """The problem tags of an indicator's `zabbix` part, in name order; all of them must match.

    Raises:
        ValueError: when they are not written as they should, with a sentence for the user.
    """
    part = indicator.backends.get("zabbix", {})
    unknown = sorted(part.keys() - {"problemTags"})
    tags = part.get("problemTags")
    if unknown:
        raise ValueError(f"zabbix has no key {unknown[0]}; write zabbix: {{problemTags: {{service: shop}}}}.")
    if not isinstance(tags, Mapping) or not tags:
        raise ValueError(
            "zabbix names the tags of the problems that mean an outage: {problemTags: {service: shop}}."
        )
    for tag, value in sorted(tags.items()):
        if isinstance(value, (Mapping, list)) or not str(tag):
            raise ValueError(f"The value of the problem tag {tag} is a text.")
        yield {"tag": str(tag), "operator": "equals", "value": str(value)}
