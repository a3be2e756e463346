"""Writes estates of any size: a tree of services with shared suppliers, one file an agreement or all in few files."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

Layout = Literal["files", "few"]
_IN_ONE_FILE = 500
_BRANCHES = 4

_ROOT = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: bench}
spec:
  organization: example-inc
  files: ["agreements/**/*.yaml"]
"""
_COMMON = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: customer}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: team}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: platform}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: supplier}
spec: {type: supplier}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: requests}
spec: {ratio: {good: 'good_total', total: 'all_total'}}
---
apiVersion: slactl/v1
kind: Backend
metadata: {name: prom}
spec: {provider: prometheus, config: {rulesDir: rules, promtool: "off"}}
"""
_AGREEMENT = """\
apiVersion: slactl/v1
kind: {kind}
metadata:
  name: {name}
  labels: {{tier: "{tier}"}}
spec:
  service: {service}
{customer}  status: agreed
  binding: legal
  signed: [{{party: example-inc, on: 2025-12-01, reference: "{name}"}}]
  term:
    from: 2026-01-01
    until: 2027-12-31
    renewal: {{for: 12M}}
    notice: 90d
  excludes: [force-majeure]
  reviews: {{every: 6M, adjustment: annex A}}
  objectives:
    availability:
      target: {target}
      window: calendar-month
{indicator}"""


def generate(folder: Path, agreements: int, layout: Layout = "files", *, measured: bool = True) -> None:
    """Write a workspace of so many agreements: six SLAs, three OLAs and a UC of each ten; all promises hold.

    Every SLA stands on a service of its own, which rests on a platform service (OLA) that rests on suppliers (UC) that
    many share.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "slactl.yaml").write_text(_ROOT)
    target = folder / "agreements"
    target.mkdir(exist_ok=True)
    (target / "common.yaml").write_text(_COMMON)
    olas, ucs = max(1, agreements * 3 // 10), max(1, agreements // 10)
    documents = _agreements(agreements - olas - ucs, olas, ucs, measured=measured)
    services = _services(agreements - olas - ucs, olas, ucs)
    _write_few(target, "services", services)
    if layout == "few":
        _write_few(target, "agreements", documents)
        return
    for index, document in enumerate(documents):
        if index % 1000 == 0:
            part = target / f"{index // 1000:03}"
            part.mkdir(exist_ok=True)
        (part / f"{index:06}.yaml").write_text(document)


def _write_few(target: Path, name: str, documents: Iterator[str]) -> None:
    number = 0
    while chunk := list(islice(documents, _IN_ONE_FILE)):
        (target / f"{name}-{number:04}.yaml").write_text("---\n".join(chunk))
        number += 1


def _services(slas: int, olas: int, ucs: int) -> Iterator[str]:
    for number in range(slas):
        yield _service(f"app-{number}", "team", f"[platform-{number % olas}]", "99.99%")
    for number in range(olas):
        needs = ", ".join(
            f"supplied-{(number * _BRANCHES + branch) % ucs}" for branch in range(min(_BRANCHES, ucs))
        )
        yield _service(f"platform-{number}", "platform", f"[{needs}]", "99.99%")
    for number in range(ucs):
        yield f"apiVersion: slactl/v1\nkind: Service\nmetadata: {{name: supplied-{number}}}\nspec: {{owner: supplier}}\n"


def _service(name: str, owner: str, needs: str, intrinsic: str) -> str:
    return (
        f"apiVersion: slactl/v1\nkind: Service\nmetadata: {{name: {name}}}\n"
        f"spec: {{owner: {owner}, intrinsic: {{availability: {intrinsic}}}, dependsOn: {needs}}}\n"
    )


def _agreements(slas: int, olas: int, ucs: int, *, measured: bool) -> Iterator[str]:
    indicator = "      indicator: requests\n" if measured else ""
    for number in range(slas):
        yield _agreement(
            "SLA", f"app-{number}", f"app-{number}", "99.9%", "  customer: customer\n", indicator
        )
    for number in range(olas):
        yield _agreement("OLA", f"platform-{number}", f"platform-{number}", "99.95%", "", "")
    for number in range(ucs):
        yield _agreement(
            "UC", f"supplied-{number}", f"supplied-{number}", "99.99%", "  customer: example-inc\n", ""
        )


def _agreement(kind: str, name: str, service: str, target: str, customer: str, indicator: str) -> str:
    return _AGREEMENT.format(
        kind=kind,
        name=name,
        tier=len(name),
        service=service,
        target=target,
        customer=customer,
        indicator=indicator,
    )
