"""Payloads, keys and readers as the JSON of the vectors writes them (vectors/README.md, "Fields").

Used by the runner of the vectors and by the server for differential tests. Not a part of the format.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Dict, List, Tuple

from .binding import Binding
from .local_key import LocalKey
from .payload import INT64_MAX, INT64_MIN, Payload
from .reader import Reader

_DECIMAL = re.compile(r"-?[0-9]{1,19}")


class CountingKey(LocalKey):
    """A local key that counts how often it is asked to unwrap."""

    def __init__(self, key_id: str, material: bytes) -> None:
        super().__init__(key_id, material)
        self.asked = 0

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        self.asked += 1
        return super().unwrap(wrapped, aad)


def bytes_from(value: Any) -> bytes:
    """Bytes of base64 with padding. Raises ValueError, which does not hold the text."""
    try:
        if isinstance(value, str):
            return base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        pass
    raise ValueError("not base64")


def bytes_to(value: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def _checked(value: Any, names: Tuple[str, ...], what: str) -> Dict[str, Any]:
    """An object with no other fields than these: what is not known must not be passed over in silence."""
    if not isinstance(value, dict) or not set(value) <= set(names):
        raise ValueError(f"{what} is no object, or has a field that is not known")
    return value


def payload_from(value: Any) -> Payload:
    """A payload: `metadata`, `data` and `externalPayloads`, of which each may be absent."""
    fields = _checked(value, ("metadata", "data", "externalPayloads"), "payload")
    metadata = {name: bytes_from(entry) for name, entry in fields.get("metadata", {}).items()}
    sizes: List[int] = []
    for details in fields.get("externalPayloads", []):
        text = _checked(details, ("sizeBytes",), "externalPayloads").get("sizeBytes", "0")
        if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
            raise ValueError("sizeBytes is no decimal number")
        size = int(text)
        if not INT64_MIN <= size <= INT64_MAX:
            raise ValueError("sizeBytes is no int64")
        sizes.append(size)
    return Payload(metadata, bytes_from(fields.get("data", "")), sizes)


def payload_to(payload: Payload) -> Dict[str, Any]:
    """The same, the other way."""
    out: Dict[str, Any] = {
        "metadata": {name: bytes_to(value) for name, value in payload.metadata.items()},
        "data": bytes_to(payload.data),
    }
    if payload.external_payloads:
        out["externalPayloads"] = [{"sizeBytes": str(size)} for size in payload.external_payloads]
    return out


def keys_from(value: Any) -> Dict[str, CountingKey]:
    """The local keys of `keys`: key ID to 32 bytes."""
    if not isinstance(value, dict):
        raise ValueError("keys is no object")
    return {key_id: CountingKey(key_id, bytes_from(material)) for key_id, material in value.items()}


def reader_from(value: Any, keys: Dict[str, CountingKey]) -> Reader:
    """A reader that knows what `reader` says and has these keys."""
    names = ("namespace", "workflowId", "namespaceAliases", "requireEncryption")
    fields = _checked(value, names, "reader")
    aliases = fields.get("namespaceAliases") or {}
    binding = Binding(fields.get("namespace"), fields.get("workflowId"), aliases)
    return Reader(keys, binding, fields.get("requireEncryption") is True)


def entries_from(value: Any) -> List[Tuple[str, str]]:
    """The entries of a context: a list of `[key, value]`."""
    entries: List[Tuple[str, str]] = []
    for entry in value:
        if not isinstance(entry, list) or [type(part) for part in entry] != [str, str]:
            raise ValueError("a context entry that is not [key, value]")
        entries.append((entry[0], entry[1]))
    return entries
