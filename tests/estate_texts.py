"""The people, services and promises of which tests write small estates."""

PEOPLE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: data}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: cloud}
spec: {type: supplier}
---
apiVersion: slactl/v1
kind: Calendar
metadata: {name: office}
spec: {hours: {mon-fri: ["08:00-18:00"]}}
"""


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def service(name: str, owner: str, needs: str = "", intrinsic: str = "") -> str:
    parts = [f"owner: {owner}"]
    parts += [f"dependsOn: {needs}"] if needs else []
    parts += [f"intrinsic: {{availability: {intrinsic}}}"] if intrinsic else []
    return document("Service", name, ", ".join(parts))


def promise(kind: str, name: str, on: str, target: str, extra: str = "", objective: str = "") -> str:
    """An agreement with one promise; without a target, `objective` says all about it."""
    inner = f"target: {target}, {objective}" if target else objective
    return document(
        kind, name, f"service: {on}, status: agreed, {extra} objectives: {{availability: {{{inner}}}}}"
    )
