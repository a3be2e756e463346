"""The check: can the promises be kept? Rules, findings, verdicts, waivers."""
