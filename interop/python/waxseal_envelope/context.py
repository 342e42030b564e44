"""The encryption context of an envelope (envelope.md §3.3): its entries, read and written."""

from __future__ import annotations

import re
from typing import Iterable, List, Optional, Tuple

from .cursor import Cursor
from .errors import EncodeError, MalformedEnvelope
from .text import decode_utf8, encode_utf8, well_formed, well_formed_utf8

CONTEXT_MAX_BYTES = 4096
MAX_ENTRIES = 16
KEY_MIN_BYTES = 1
KEY_MAX_BYTES = 64
VALUE_MIN_BYTES = 0
VALUE_MAX_BYTES = 1024

NAMESPACE = "namespace"
WORKFLOW_ID = "workflow-id"
PAYLOAD_KIND = "payload-kind"

#: What a decoder must know to accept the envelope. Version 1 defines none of these keys.
MUST_PREFIX = "must-"

_KEY = re.compile(rb"[a-z][a-z0-9-]*")

#: Key and value, both well-formed.
Entry = Tuple[str, str]


def parse_context(data: bytes) -> List[Entry]:
    """The entries of the *C* bytes of the context, in their order, or MalformedEnvelope."""
    cursor = Cursor(data)
    entries: List[Entry] = []
    previous: Optional[bytes] = None
    while cursor.left > 0:
        if len(entries) == MAX_ENTRIES:
            raise MalformedEnvelope(f"more than {MAX_ENTRIES} context entries")
        key_bytes = cursor.sized(KEY_MIN_BYTES, KEY_MAX_BYTES, "context key")
        value_bytes = cursor.sized(VALUE_MIN_BYTES, VALUE_MAX_BYTES, "context value")
        if not _KEY.fullmatch(key_bytes):
            raise MalformedEnvelope("a context key with characters that none has")
        if previous is not None and key_bytes <= previous:
            raise MalformedEnvelope("context keys that are not strictly ascending")
        previous = key_bytes
        key = key_bytes.decode("ascii")
        if key.startswith(MUST_PREFIX):
            raise MalformedEnvelope("a context key that has to be known and is not")
        value = decode_utf8(value_bytes)
        if value is None:
            raise MalformedEnvelope("a context value that is not UTF-8")
        entries.append((key, value))
    return entries


def serialise_context(entries: Iterable[Entry]) -> bytes:
    """
    The context of these entries, given in any order.

    This is the form alone: whether an encoder may write such an entry is checked by `check_for_encoder`.
    """
    encoded: List[Tuple[bytes, bytes]] = []
    for key, value in entries:
        key_bytes = encode_utf8(key)
        if key_bytes is None or not _KEY.fullmatch(key_bytes) or len(key_bytes) > KEY_MAX_BYTES:
            raise EncodeError("a context key that the format does not have")
        value_bytes = well_formed_utf8(value)
        if len(value_bytes) > VALUE_MAX_BYTES:
            raise EncodeError(f"a context value longer than {VALUE_MAX_BYTES} bytes")
        encoded.append((key_bytes, value_bytes))
    encoded.sort(key=lambda entry: entry[0])
    if len({key_bytes for key_bytes, _ in encoded}) < len(encoded):
        raise EncodeError("a context key twice")
    if len(encoded) > MAX_ENTRIES:
        raise EncodeError(f"more than {MAX_ENTRIES} context entries")
    out = bytearray()
    for key_bytes, value_bytes in encoded:
        out += len(key_bytes).to_bytes(2, "big") + key_bytes
        out += len(value_bytes).to_bytes(2, "big") + value_bytes
    if len(out) > CONTEXT_MAX_BYTES:
        raise EncodeError(f"a context longer than {CONTEXT_MAX_BYTES} bytes")
    return bytes(out)


def check_for_encoder(entries: Iterable[Entry]) -> None:
    """What envelope.md §3.3 forbids to an encoder, though a decoder may have to accept it."""
    for key, value in entries:
        if value == "":
            raise EncodeError("a context entry with an empty value")
        if key == PAYLOAD_KIND:
            raise EncodeError("a context key that is reserved")
        if key.startswith(MUST_PREFIX):
            raise EncodeError("a context key that no decoder of this version accepts")


def facts(namespace: Optional[str], workflow_id: Optional[str] = None) -> List[Entry]:
    """
    The entries that bind a payload to its namespace, and to its workflow where one is given (§3.3).

    What Temporal gives as an empty text, or not at all, has no entry. No suffix is looked for (§7).
    """
    entries = [(NAMESPACE, namespace or ""), (WORKFLOW_ID, workflow_id or "")]
    return [(key, well_formed(value)) for key, value in entries if value]
