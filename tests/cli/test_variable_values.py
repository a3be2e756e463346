"""Variables with types and conditions, given from everywhere; sensitive ones, which nothing ever shows."""

import json
import stat
import subprocess
from pathlib import Path

import pytest

from tests.running import Run

SECRET = "hush-4711"


def declare(shop: Path, *lines: str) -> None:
    text = (shop / "slactl.yaml").read_text()
    assert "  variables:\n" in text
    more = "".join(f"    {line}\n" for line in lines)
    (shop / "slactl.yaml").write_text(text.replace("  variables:\n", f"  variables:\n{more}", 1))


def told(run: Run, *arguments: str) -> str:
    code, _, err = run("validate", *arguments)
    assert code == 1, err
    return " ".join(err.split())


@pytest.mark.parametrize(
    ("declaration", "good", "bad", "words"),
    [
        ("type: number", "0.5", "five", "must be a number, like 3 or 0.5, not 'five'"),
        ("type: number, minimum: '2'", "2", "1.99", "must be at least 2, not '1.99'"),
        ("type: number, maximum: '2'", "-3", "NaN", "must be a number"),
        ("type: bool", "true", "yes", "must be true or false, not 'yes'"),
        ("type: duration, maximum: 1h", "60m", "61m", "must be at most 1h, not '61m'"),
        ("type: percentage, minimum: 99%", "99.9%", "98%", "must be at least 99%"),
        ("type: percentage", "99.9%", "99.9", "must be a percentage"),
        ("enum: [eu, us]", "us", "mars", "must be one of eu, us, not 'mars'"),
        ("pattern: '^[a-z]+$', errorMessage: Small letters only.", "abc", "ABC", "Small letters only."),
        ("type: list", "[eu, us]", "{eu: 1}", "must be a list, like [eu, us]"),
        ("type: map", "{eu: berlin}", "[eu]", "must be a mapping"),
        ("type: list, enum: [eu, us]", "[eu]", "[eu, mars]", "must be one of eu, us, not 'mars'"),
    ],
)
def test_a_value_is_what_its_declaration_says(
    shop: Path, run: Run, declaration: str, good: str, bad: str, words: str
) -> None:
    declare(shop, f"size: {{{declaration}}}")
    assert run("validate", f"-var=size={good}")[0] == 0
    message = told(run, f"-var=size={bad}")
    assert words in message
    assert "It comes from the option -var size" in message


def test_where_a_value_came_from_is_told(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(shop, "size: {type: number, default: many}")
    assert "slactl.yaml line" in told(run)
    (shop / "slactl.slavars.yaml").write_text("size: several\n")
    assert "slactl.slavars.yaml line 1" in told(run)
    (shop / "a.auto.slavars.yaml").write_text("size: '7'\n")
    assert run("validate")[0] == 0
    monkeypatch.setenv("SLACTL_VAR_size", "x")
    assert run("validate")[0] == 0, "files count before the environment"
    monkeypatch.setenv("SLACTL_VAR_sise", "x")
    message = told(run)
    assert 'The variable "sise" is not declared (the environment variable SLACTL_VAR_sise)' in message
    assert 'Did you mean "size"?' in message


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("pattern: '['", "is no regular expression"),
        ("type: number, minimum: low", "is nothing that a number can be compared with"),
        ("sensitive: true, default: x", "has its value written out as a default"),
        ("sensitive: true, type: list", "must be a single value, not a list"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(
    shop: Path, run: Run, declaration: str, words: str
) -> None:
    declare(shop, f"size: {{{declaration}}}")
    assert words in told(run, "-var=size=1")


def test_documents_are_repeated_over_a_list_or_a_map_that_is_given(shop: Path, run: Run) -> None:
    declare(shop, "regions: {type: map, default: {eu: '99.5%'}}")
    (shop / "agreements" / "edge.yaml").write_text(
        'apiVersion: slactl/v1\nkind: SLA\nmetadata: {name: "edge-${each.key}"}\nforEach: "${var.regions}"\n'
        "spec: {service: catalogue, customer: acme, status: draft, "
        'objectives: {availability: {target: "${each.value.target}"}}}\n'
    )
    assert "${each.value.target} refers to nothing" in told(run)
    path = shop / "agreements" / "edge.yaml"
    path.write_text(path.read_text().replace("each.value.target", "each.value"))
    assert run("show", "sla.edge-eu")[0] == 0
    code, out, _ = run("show", "sla.edge-us", "-var=regions={us: 99.1%, eu: 99.2%}")
    assert (code, "99.1%" in out) == (0, True)
    declare(shop, "names: {type: list, default: [a, b]}")
    path.write_text(
        path.read_text().replace("${var.regions}", "${var.names}").replace("${each.value}", "99%")
    )
    assert run("show", "sla.edge-b")[0] == 0
    assert 'forEach has "a" twice' in told(run, "-var=names=[a, a]")
    assert run("show", "sla.edge-a", "-var=names=[]")[0] == 1
    assert run("validate", "-var=names=[]")[0] == 0
    assert '"edge-NO!"' in told(run, "-var=names=['NO!']") or "NO!" in told(run, "-var=names=['NO!']")


def test_a_part_of_a_map_is_referred_to_by_its_key(shop: Path, run: Run) -> None:
    declare(shop, "targets: {type: map, default: {birch: 99.5%}}")
    sla = shop / "agreements/slas/birch-shop.yaml"
    sla.write_text(sla.read_text().replace("99.5%", '"${var.targets.birch}"'))
    assert run("validate")[0] == 0
    sla.write_text(sla.read_text().replace("targets.birch", "targets.brich"))
    assert 'Did you mean "birch"?' in told(run)


@pytest.fixture
def secret(shop: Path) -> None:
    """A sensitive variable in the backend's configuration, where Prometheus' address is."""
    declare(shop, "token: {sensitive: true, pattern: '^[a-z]+-[0-9]+$'}")
    backends = shop / "agreements" / "backends.yaml"
    text = backends.read_text()
    assert '"${var.rules_dir}"' in text
    backends.write_text(text.replace("${var.rules_dir}", "rules-${var.token}"))


def seen(shop: Path) -> list[Path]:
    """The files that hold the secret, in name or content."""
    return [
        one
        for one in shop.rglob("*")
        if SECRET in one.name or (one.is_file() and SECRET.encode() in one.read_bytes())
    ]


@pytest.mark.usefixtures("secret")
def test_a_sensitive_value_reaches_its_backend_and_is_nowhere_else(shop: Path, run: Run) -> None:
    option = f"-var=token={SECRET}"
    shown = ""
    for command in (
        ("validate", option),
        ("check", option),
        ("plan", option, f"-out={shop}/plan"),
        ("plan", option, "-json"),
        ("plan", option, "-format=jsonl"),
        ("plan", option, "-format=markdown"),
        ("apply", option, f"{shop}/plan"),
        ("plan", option, "-detailed-exitcode"),
        ("show", option, "sla.acme-shop", "-json"),
        ("show", option, f"{shop}/plan", "-json"),
        ("state", "pull", option),
        ("history", option, "-json"),
        ("graph", option),
        ("drift", option),
    ):
        code, out, err = run(*command)
        assert code == 0, (command, err)
        shown += out + err
    assert SECRET not in shown
    rules = shop / f"rules-{SECRET}"
    assert len(list(rules.iterdir())) == 5, "the backend was told"
    assert [one for one in seen(shop) if one != rules] == []


@pytest.mark.usefixtures("secret")
def test_a_sensitive_value_that_is_wrong_is_told_without_it(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "slactl.slavars.yaml").write_text(f"token: {SECRET}!\n")
    message = told(run)
    assert 'The variable "token" must match' in message
    assert "the file slactl.slavars.yaml" in message
    assert SECRET not in message
    (shop / "slactl.slavars.yaml").unlink()
    monkeypatch.setenv("SLACTL_VAR_token", SECRET + "!")
    assert SECRET not in told(run)
    assert SECRET not in told(run, f"-var=tokn={SECRET}")
    assert SECRET not in told(run, f"-var={SECRET}")


@pytest.mark.usefixtures("secret")
def test_a_sensitive_value_stands_nowhere_but_in_a_backends_configuration(shop: Path, run: Run) -> None:
    sla = shop / "agreements/slas/birch-shop.yaml"
    sla.write_text(
        sla.read_text().replace("name: birch-shop", 'displayName: "${var.token}", name: birch-shop', 1)
    )
    message = told(run, f"-var=token={SECRET}")
    assert "${var.token} is sensitive and may stand only in a backend's config" in message
    assert SECRET not in message


@pytest.mark.usefixtures("secret")
def test_that_a_sensitive_value_changed_is_seen_and_what_it_is_is_not(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(value: str) -> str:
        document = json.loads(run("plan", "-json", f"-var=token={value}")[1])
        assert document["variables"]["token"]["sensitive"] is True
        return str(document["variables"]["token"]["digest"])

    first = digest(SECRET)
    assert (digest(SECRET) == first, digest("other-1") == first) == (True, False)
    assert stat.S_IMODE((shop / ".slactl" / "key").stat().st_mode) == 0o600
    plan = f"{shop}/plan"
    assert run("plan", f"-out={plan}", f"-var=token={SECRET}")[0] == 0
    code, _, err = run("apply", "-var=token=other-1", plan)
    assert (code, "another value of the sensitive variable token" in " ".join(err.split())) == (1, True), err
    assert run("apply", f"-var=token={SECRET}", plan)[0] == 0
    assert "another one than at the last apply" not in run("plan", f"-var=token={SECRET}")[1]
    assert "another one than at the last apply" in run("plan", "-var=token=other-1")[1]
    monkeypatch.setenv("SLACTL_DIGEST_KEY", "a key of the pipeline's")
    assert digest(SECRET) != first
    assert "another one than at the last apply" not in run("plan", "-var=token=other-1")[1], "of another key"


@pytest.mark.usefixtures("secret")
def test_a_key_that_is_empty_is_no_key(shop: Path, run: Run) -> None:
    assert run("plan", f"-var=token={SECRET}")[0] == 0
    key = shop / ".slactl" / "key"
    key.write_text("")
    code, _, err = run("plan", f"-var=token={SECRET}")
    assert code == 1
    assert "is empty" in err
    key.unlink()
    assert run("plan", f"-var=token={SECRET}")[0] == 0
    assert sorted(one.name for one in key.parent.glob("*key*")) == ["key"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.usefixtures("secret")
def test_a_key_is_not_committed_by_accident(shop: Path, run: Run) -> None:
    assert run("plan", f"-var=token={SECRET}")[0] == 0
    git = ["git", "-C", str(shop)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    added = subprocess.run([*git, "ls-files"], check=True, capture_output=True, text=True).stdout.splitlines()
    assert ".slactl/place.json" in added
    assert ".slactl/key" not in added
