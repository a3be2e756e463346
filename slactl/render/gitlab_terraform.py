"""The three numbers that GitLab shows on a merge request: its artifact `reports: terraform`."""

import json

from slactl.plan.plan import Plan


def gitlab_terraform(plan: Plan) -> str:
    """Objects to create, update and delete; as in Terraform's summary a replacement counts as one created and one deleted."""
    return json.dumps({"create": plan.to_add, "update": plan.to_change, "delete": plan.to_destroy})
