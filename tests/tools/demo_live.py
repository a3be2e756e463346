"""An outage through all monitoring systems: does each see it against the right promise, and do their figures agree?

    make demo-live

Starts Prometheus, VictoriaMetrics, Alertmanager, Zabbix and Icinga 2, applies a copy of `examples/webshop` with the backends of
`examples/webshop-live` to all of them, takes the checkout down and up again, and holds what each system counted against
slactl's own arithmetic. It ends with exit code 1 if something does not agree, and stops everything, also on Ctrl-C.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import processes
from processes import Process

_REPOSITORY = Path(__file__).parent.parent.parent
_EXAMPLES = _REPOSITORY / "examples"
_INTERVAL_S = 2
"""How often Prometheus evaluates here; the usual minute would see an outage of half a minute once."""
_SCRAPE_S = 1
_STARTED_S = time.monotonic()


def say(line: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def title(line: str) -> None:
    """Print what comes next, and after how many seconds."""
    say(f"\n\033[1m{line}\033[0m  ({time.monotonic() - _STARTED_S:.0f} s)\n")


class DisagreementError(Exception):
    """A system does not see what it should."""


def until(what: str, holds: Callable[[], bool], limit_s: float = 120) -> None:
    """Wait until something holds.

    Raises:
        DisagreementError: when it does not within the limit.
    """
    deadline = time.monotonic() + limit_s
    while not holds():
        if time.monotonic() > deadline:
            raise DisagreementError(f"{what}: not within {limit_s:g} s")
        time.sleep(0.3)


class Shop:
    """A copy of the example, and the command line in it."""

    def __init__(self, root: Path, secrets: dict[str, str]) -> None:
        self.root = root
        self._environment = {**os.environ, **secrets, "NO_COLOR": "1"}
        shutil.copytree(_EXAMPLES / "webshop", root, ignore=shutil.ignore_patterns(".slactl", "rules"))
        shutil.copytree(_EXAMPLES / "webshop-live", root, dirs_exist_ok=True)

    def slactl(self, *arguments: str, code: int = 0) -> str:
        """Run a command; its output, or an end with what it says."""
        say(f"$ slactl {' '.join(arguments)}")
        done = subprocess.run(
            [sys.executable, "-m", "slactl", *arguments],
            cwd=self.root, env=self._environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != code:
            raise DisagreementError(f"it ended with {done.returncode}:\n{done.stderr or done.stdout}")
        return done.stdout

    def definitions(self) -> list[str]:
        """What a plan says of ACME's availability being measured by more than one definition."""
        lines = self.slactl("plan", "-refresh=false").splitlines()
        return [one for one in lines if one.startswith("Warning: sla.acme-shop.availability: backend.")]


def demonstrate(folder: Path, outage_s: float) -> None:
    """The whole way.

    Raises:
        DisagreementError: when a system does not see what it should, or counts otherwise.
    """
    import alertmanager_server  # noqa: PLC0415 - the outer process needs none of the servers
    import shop_target  # noqa: PLC0415 - as above
    from outage import Outage  # noqa: PLC0415 - as above
    from real_servers import all_running  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        title("Real servers")
        target = stack.enter_context(shop_target.serving())
        inbox = stack.enter_context(alertmanager_server.webhook())
        scrape = (
            f"scrape_configs: [{{job_name: site, scrape_interval: {_SCRAPE_S}s, honor_labels: true, "
            f'static_configs: [{{targets: ["127.0.0.1:{target.port}"]}}]}}]\n'
        )
        servers = stack.enter_context(all_running(folder / "servers", scrape))
        for name, where, _ in servers.addresses:
            say(f"  {name:<16}{where}")

        shop = Shop(folder / "shop", dict(servers.secrets))
        variables = {
            **servers.variables,
            "interval": f"{_INTERVAL_S}s",
            "pager_url": f"{inbox.url}/page",
        }
        (shop.root / "live.auto.slavars.yaml").write_text(
            "".join(f"{name}: {json.dumps(value)}\n" for name, value in variables.items())
        )
        _one_definition(shop)
        title("Apply to all of them")
        say(_line(shop.slactl("apply", "-auto-approve"), "Apply complete!"))
        say(_line(shop.slactl("plan", "-detailed-exitcode"), "No changes."))

        outage = Outage(shop.root, servers, target, inbox, _SCRAPE_S)
        title("Everything is up")
        outage.prepare(until)
        title(f"The checkout goes down, for {outage_s:g} seconds")
        outage.begin(outage_s)
        outage.seen(until, say)
        outage.end(until)
        title("What each counted, beside slactl's own arithmetic")
        if wrong := outage.compare(say):
            raise DisagreementError("; ".join(wrong))


def _line(text: str, beginning: str) -> str:
    return next(one for one in text.splitlines() if one.startswith(beginning))


def _one_definition(shop: Shop) -> None:
    title("One promise, one definition")
    said = shop.definitions()
    if not said:
        raise DisagreementError("the plan does not say that requests and time are two things")
    say("\n".join(said))
    say("\nSo ACME's availability is to be read from a probe, which every system reads alike:")
    path = shop.root / "agreements" / "slas" / "acme-shop.yaml"
    say("$ sed -i 's/indicator: shop-requests/indicator: shop-probe/' agreements/slas/acme-shop.yaml")
    path.write_text(path.read_text().replace("indicator: shop-requests", "indicator: shop-probe"))
    if said := shop.definitions():
        raise DisagreementError(said[0])
    say("(no warning of that any more)")


def inside(folder: Path, outage_s: float) -> int:
    """The demonstration itself, in a session of its own: no signal but to this process reaches the servers."""
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, _leave)
    sys.path.insert(0, str(_REPOSITORY / "tests" / "servers"))
    try:
        demonstrate(folder, outage_s)
    except (DisagreementError, AssertionError) as error:
        sys.stderr.write(f"\nThis does not agree: {error}\n")
        return 1
    except SystemExit:
        say("\nStopped.")
        return 130
    title("Everything agrees")
    return 0


def _leave(*_: object) -> None:
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)  # once is enough: the servers are being stopped
    raise SystemExit


def outside(arguments: Sequence[str]) -> int:
    """Start the demonstration, hand Ctrl-C on to it, and see to it that nothing stays."""
    folder = Path(tempfile.mkdtemp(prefix="slactl-live-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user, and has a folder of its own below
    child = subprocess.Popen(
        [sys.executable, __file__, "--inside", str(folder), *arguments],
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    own = Process.of(child.pid)
    known: set[Process] = set()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: own.send(signal.SIGTERM) if own is not None else None)
    try:
        while child.poll() is None:
            known |= {*processes.family([*known, *([own] if own else [])])}
            time.sleep(0.5)
    finally:
        processes.end(processes.family(known))
        shutil.rmtree(folder, ignore_errors=True)
    return child.returncode


def main() -> int:
    """Parse and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--outage", type=float, default=40, metavar="SECONDS", help="how long (default: 40)")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside is not None:
        return inside(asked.inside, asked.outage)
    return outside(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
