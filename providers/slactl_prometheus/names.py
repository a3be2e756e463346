"""The names of what is recorded; dashboards and reports rely on them."""

BASE = "slactl:objective:now"
"""Bad, total and budget of the last base window, one series each by the label `part`."""
STEP = "slactl:objective:sum5m"
"""Sums of the base over five minutes, recorded every five minutes: what long windows are made of."""
BURN = "slactl:burn_rate"
"""How many times faster than allowed the budget burns, by the label `window`."""
BAD_RATIO = "slactl:bad_ratio"
"""The bad share over the objective's own length of time, rolling."""
IN_SERVICE = "slactl:in_service"
"""1 in service, 0 outside, by calendar."""
STEP_S = 300
