"""The language as frozen dataclasses: parties, services, calendars, levels, agreements, and the estate of them all."""
