"""Where panels stand: from left to right, in lines below each other, on Grafana's grid of 24 columns."""

from slactl_grafana.panels import Panel, row

COLUMNS = 24


class Grid:
    """Panels with their places and numbers."""

    def __init__(self) -> None:
        self.panels: list[Panel] = []
        self._x = self._y = self._height = 0

    def heading(self, title: str) -> None:
        """Begin a new part."""
        self._new_line()
        self._place(row(title), COLUMNS, 1)
        self._new_line()

    def add(self, panel: Panel, width: int, height: int) -> None:
        """Put a panel to the right of the last, or below where there is no room."""
        if self._x + width > COLUMNS:
            self._new_line()
        self._place(panel, width, height)

    def _place(self, panel: Panel, width: int, height: int) -> None:
        place = {"h": height, "w": width, "x": self._x, "y": self._y}
        self.panels.append({"id": len(self.panels) + 1, **panel, "gridPos": place})
        self._x += width
        self._height = max(self._height, height)

    def _new_line(self) -> None:
        self._y += self._height
        self._x = self._height = 0
