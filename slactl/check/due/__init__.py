"""What falls due, by date: terms, notices, reviews, reports, signatures, insurances, evidence, waivers."""

from slactl.check.due.collect import due
from slactl.check.due.duty import DueList, Duty, Undated

__all__ = ["DueList", "Duty", "Undated", "due"]
