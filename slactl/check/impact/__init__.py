"""What hangs on an agreement, a service or a supplier: which promises to customers fall if it fails, ends or changes."""

from slactl.check.impact.judge import impact
from slactl.check.impact.result import CustomerSum, Impact, ObjectiveImpact, Standing
from slactl.check.impact.subject import Subject

__all__ = ["CustomerSum", "Impact", "ObjectiveImpact", "Standing", "Subject", "impact"]
