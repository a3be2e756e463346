"""What is wrong is reported once: a name that stands in a document that could not be read is not missing as well."""

import re
from typing import Any

from slactl.base.quick_dataclass import dataclass, field


@dataclass(slots=True)
class Lost:
    """Documents that are there and were left out, since something is wrong with them."""

    names: set[tuple[str, str]] = field(default_factory=set)
    """Kind and name of each, as written."""
    torn: list[str] = field(default_factory=list)
    """Texts of files in which no document can be told from the next; what one names may be there."""
    unnamed: bool = False
    """Whether there is one of which not even that is known: any name may be its."""

    def note(self, raw: Any) -> None:
        """Note a document that was left out."""
        metadata = raw.get("metadata") if isinstance(raw, dict) else None
        name = metadata.get("name") if isinstance(metadata, dict) else None
        kind = raw.get("kind") if isinstance(raw, dict) else None
        if isinstance(kind, str) and isinstance(name, str):
            self.names.add((kind, name))
        else:
            self.unnamed = True

    def may_have(self, kind: str, name: str) -> bool:
        """Whether a document of that kind and name may be among them."""
        return (
            self.unnamed or (kind, name) in self.names or any(self._names(name, text) for text in self.torn)
        )

    @staticmethod
    def _names(name: str, text: str) -> bool:
        return re.search(rf"\bname:\s*[\"']?{re.escape(name)}\b(?!-)", text) is not None
