"""What slactl costs at several sizes: CPU time and peak memory of whole processes; ratios to terraform where it is installed.

    make bench                                        # 1,000, 10,000 and 100,000 agreements, and a live Prometheus
    make bench BENCH="--size 10000 --no-prometheus"   # one size
    make bench BENCH="--no-sizes --prometheus 2000"   # so many objectives in a live Prometheus alone
    make bench BENCH="--no-sizes --no-prometheus"     # proofs and fault trees, beside SCRAM where it is installed
    make bench BENCH="--only-monitoring"              # 1,000 SLAs in a live Zabbix and a live Icinga 2

CPU time is to be trusted, wall time is not: machines are shared.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from estate import generate
from fault_trees import measure as measure_fault_trees
from proofs import measure as measure_proofs

from slactl.base.cache_folder import cache_folder

sys.path.insert(0, str(Path(__file__).parent.parent / "servers"))
from monitoring import measure as measure_monitoring
from prometheus_server import running

SLACTL = [sys.executable, "-m", "slactl"]
WEBSHOP = Path(__file__).parent.parent.parent / "examples" / "webshop"
BUDGET_CPU_S = {
    ("cold", 10_000): 2.5,
    ("unchanged", 10_000): 0.5,
    ("cold", 100_000): 25.0,
    ("unchanged", 100_000): 5.0,
}
"""What `validate`, `check` and `plan` should cost at most."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost."""

    cpu_s: float
    peak_mb: float


def _usual() -> dict[str, str]:
    """The environment in which users run: compiled modules are kept."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def cost_of(command: Sequence[str], expected: Sequence[int] = (0,), **environment: str) -> Cost:
    """Run a process to its end; another exit code than expected ends the bench."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**_usual(), **environment}
    )
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace")
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def say(*cells: object) -> None:
    """Print a row."""
    sys.stdout.write(
        "  ".join(f"{cell!s:>14}" if index else f"{cell!s:<34}" for index, cell in enumerate(cells)) + "\n"
    )
    sys.stdout.flush()


def row(what: str, cost: Cost, budget_s: float | None = None) -> None:
    """Print one measurement, beside its budget where it has one."""
    budget = f"{cost.cpu_s / budget_s:.2f} of {budget_s:g} s" if budget_s else ""
    say(what, f"{cost.cpu_s:.2f} s", f"{cost.peak_mb:.0f} MB", budget)


def measure_slactl(folder: Path, size: int) -> Cost:
    """Cold, unchanged, applied, one file changed; returns the cost of a plan of an unchanged estate."""
    here = f"-chdir={folder}"
    for verb in ("validate", "check", "plan"):
        shutil.rmtree(cache_folder(folder), ignore_errors=True)
        row(f"{verb}, cold", cost_of([*SLACTL, here, verb]), BUDGET_CPU_S.get(("cold", size)))
    applied = cost_of([*SLACTL, here, "apply", "-auto-approve"])
    row("apply, all new", applied)
    for verb in ("validate", "check", "plan"):
        cost_of([*SLACTL, here, verb])
        unchanged = cost_of([*SLACTL, here, verb])
        row(f"{verb}, nothing changed", unchanged, BUDGET_CPU_S.get(("unchanged", size)))
    first = next(
        path for path in sorted((folder / "agreements").rglob("*.yaml")) if "kind: SLA" in path.read_text()
    )
    text = first.read_text()
    for verb, target in (("validate", "99.87%"), ("check", "99.86%"), ("plan", "99.85%")):
        first.write_text(text.replace("99.9%", target, 1))
        row(f"{verb}, one agreement changed", cost_of([*SLACTL, here, verb]))
    return unchanged


def measure_terraform(folder: Path, size: int, ours: Cost) -> None:
    """The same number of built-in resources in one module: a plan with all of them new."""
    folder.mkdir(parents=True)
    resources = {f"r{number}": {"input": f"99.9% {number}"} for number in range(size)}
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": resources}}))
    quiet = folder / "terraformrc"
    quiet.write_text("")
    run = ["terraform", f"-chdir={folder}"]
    cost_of([*run, "init", "-input=false"], TF_CLI_CONFIG_FILE=str(quiet))
    theirs = cost_of([*run, "plan", "-input=false"], TF_CLI_CONFIG_FILE=str(quiet))
    row("terraform plan, all new", theirs)
    say(
        "slactl plan / terraform plan",
        f"{ours.cpu_s / theirs.cpu_s:.2f} x CPU",
        f"{ours.peak_mb / theirs.peak_mb:.2f} x memory",
    )


def measure_prometheus(folder: Path, objectives: int) -> None:
    """Load so many objectives into a live server, and compare each group's evaluation time with its interval."""
    generate(folder, objectives * 10 // 6 + 1)
    cost_of([*SLACTL, f"-chdir={folder}", "apply", "-auto-approve"])
    rules = folder / "rules"
    with running(folder / "server", rules) as server:
        groups = _evaluated(
            lambda: requests.get(f"{server.url}/api/v1/rules", timeout=120).json()["data"]["groups"]
        )
    loads = sorted(
        ((group["evaluationTime"] / group["interval"], group["name"]) for group in groups), reverse=True
    )
    rule_count = sum(len(group["rules"]) for group in groups)
    say(f"{rule_count} rules in {len(groups)} groups", "busiest", f"{loads[0][0]:.1%}", loads[0][1])
    say("evaluation time / interval", "median", f"{loads[len(loads) // 2][0]:.2%}")
    say("all groups together", "cores", f"{sum(load for load, _ in loads):.2f}")


def _evaluated(read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The groups once each was evaluated; waits for two intervals of the slowest at most."""
    deadline = time.monotonic() + 660
    while True:
        groups = read()
        if all(not str(group["lastEvaluation"]).startswith("0001") for group in groups):
            return groups
        if time.monotonic() > deadline:
            raise SystemExit("some groups were not evaluated within eleven minutes")
        time.sleep(5)


def monitoring(folder: Path, slas: int) -> None:
    """Live monitoring systems; one that is over its budget of requests or seconds ends the bench."""
    if over := measure_monitoring(folder, slas, say):
        raise SystemExit("\n".join(over))


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, action="append", help="number of agreements; may be repeated")
    parser.add_argument(
        "--layout", choices=("files", "few"), action="append", help="one file an agreement, or few files"
    )
    parser.add_argument("--no-terraform", action="store_true", help="do not compare")
    parser.add_argument("--prometheus", type=int, default=10_000, metavar="OBJECTIVES", help="default: 10000")
    parser.add_argument("--no-prometheus", action="store_true", help="no live server")
    parser.add_argument("--no-sizes", action="store_true", help="the live server alone")
    parser.add_argument("--no-proofs", action="store_true", help="leave the worst cases of large graphs out")
    parser.add_argument(
        "--no-fault-trees", action="store_true", help="leave the calculator's fault trees out"
    )
    parser.add_argument("--monitoring", type=int, default=1_000, metavar="SLAS", help="default: 1000")
    parser.add_argument("--no-monitoring", action="store_true", help="no live Zabbix and Icinga 2")
    parser.add_argument("--only-monitoring", action="store_true", help="nothing but these")
    asked = parser.parse_args()
    if asked.only_monitoring:
        with tempfile.TemporaryDirectory(prefix="slactl-bench-") as name:
            monitoring(Path(name), asked.monitoring)
        return
    with tempfile.TemporaryDirectory(prefix="slactl-bench-") as name:
        folder = Path(name)
        row("version", cost_of([*SLACTL, "version"]), 0.06)
        row("check of examples/webshop", cost_of([*SLACTL, f"-chdir={WEBSHOP}", "check", "-no-cache"]), 0.3)
        for size in () if asked.no_sizes else asked.size or (1_000, 10_000, 100_000):
            for layout in asked.layout or ("files", "few"):
                say(f"\n{size:,} agreements, {layout}", "CPU", "peak memory", "budget")
                here = folder / f"{size}-{layout}"
                generate(here, size, layout)
                ours = measure_slactl(here, size)
                if shutil.which("terraform") and not asked.no_terraform and layout == "files":
                    measure_terraform(folder / f"{size}-terraform", size, ours)
                shutil.rmtree(here)
        if not asked.no_proofs:
            say("")
            measure_proofs(say)
        if not asked.no_fault_trees:
            say("")
            measure_fault_trees(say)
        if not asked.no_prometheus:
            say(f"\n{asked.prometheus:,} objectives in a live Prometheus")
            measure_prometheus(folder / "prometheus", asked.prometheus)
        if not asked.no_monitoring:
            say("")
            monitoring(folder / "monitoring", asked.monitoring)


if __name__ == "__main__":
    main()
