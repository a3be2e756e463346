"""Systems as recorded: reads are answered from what a case says is there, and changes as the real ones have answered them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

Case = Mapping[str, Any]
Row = Mapping[str, Any]


class Recorded(Protocol):
    """One kind of system."""

    sent: list[Mapping[str, Any]]
    """What was sent to change something."""

    def send(
        self, method: str, address: str, data: bytes, headers: Mapping[str, str]
    ) -> requests.Response: ...


class RecordedZabbix:
    """Its interface is one address; methods that end in `get` change nothing."""

    def __init__(self, case: Case) -> None:
        self._there: Mapping[str, Sequence[Row]] = case["existing"]
        self._answers: Iterator[Row] = iter([one["answer"] for one in case["requests"]])
        self.sent: list[Mapping[str, Any]] = []

    def send(self, _: str, __: str, data: bytes, ___: Mapping[str, str]) -> requests.Response:
        asked = json.loads(data)
        method, params = asked["method"], asked["params"]
        if method == "apiinfo.version":
            return _response(200, {"result": "6.0.14"})
        if method.endswith(".get"):
            return _response(200, {"result": self._rows(method.removesuffix(".get"), params)})
        self.sent.append({"method": method, "params": params})
        return _response(200, next(self._answers))

    def _rows(self, kind: str, params: Mapping[str, Any]) -> list[Row]:
        ids = params.get(f"{kind}ids")
        return [one for one in self._there.get(kind, ()) if ids is None or one[f"{kind}id"] in ids]


class RecordedIcinga2:
    """Lists are asked for with a filter; changes are one request an object."""

    def __init__(self, case: Case) -> None:
        self._there: Mapping[str, Sequence[Row]] = {
            "checkcommands": [{"name": "passive"}],
            **case["existing"],
        }
        self._answers: Iterator[Row] = iter([one["answer"] for one in case["requests"]])
        self.sent: list[Mapping[str, Any]] = []

    def send(self, method: str, address: str, data: bytes, headers: Mapping[str, str]) -> requests.Response:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        body = json.loads(data) if data else None
        if path == "/v1":
            return _response(200, {"results": [{"version": "r2.13.6-1", "permissions": ["*"]}]})
        if "X-HTTP-Method-Override" in headers:
            return _response(200, {"results": self._rows(path.rpartition("/")[2], body or {})})
        self.sent.append({"method": method, "path": path} | ({} if body is None else {"body": body}))
        answer = next(self._answers)
        return _response(answer["status"], answer["body"])

    def _rows(self, path: str, asked: Mapping[str, Any]) -> list[Row]:
        name = asked["filter_vars"].get("name")
        return [one for one in self._there.get(path, ()) if name is None or one["name"] == name]


def _response(status: int, document: Any) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.headers["Content-Type"] = "application/json"
    made._content = json.dumps(document).encode()  # noqa: SLF001 - there is no other way to make one
    return made
