"""`temporal.api.common.v1.Payload` (envelope.md §2.2): the message, its reader and its writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Tuple

from .errors import EncodeError, InvalidPayload
from .text import decode_utf8, encode_utf8
from .wire import LENGTH, VARINT, read_fields, write_bytes, write_int64

# Fields of Payload.
_METADATA = 1
_DATA = 2
_EXTERNAL_PAYLOADS = 3

# Fields of an entry of the map `metadata`.
_ENTRY_KEY = 1
_ENTRY_VALUE = 2

# Field of ExternalPayloadDetails.
_SIZE_BYTES = 1

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1


@dataclass
class Payload:
    """A payload. `external_payloads` holds the `size_bytes` of each of ExternalPayloadDetails, in order."""

    metadata: Dict[str, bytes] = field(default_factory=dict)
    data: bytes = b""
    external_payloads: List[int] = field(default_factory=list)

    def __repr__(self) -> str:
        """Says nothing of what is in it: representations end up in logs and messages of errors."""
        return f"<Payload, {len(self.metadata)} metadata entries, {len(self.data)} bytes>"


def parse_payload(message: bytes) -> Payload:
    """
    Reads the whole of `message` as one Payload, or raises InvalidPayload.

    A field that the page names and that stands there with another wire type is skipped, as a field that it
    does not name is. A metadata name that is not well-formed UTF-8 is rejected. (Either MAY be otherwise.)
    """
    payload = Payload()
    for number, wire_type, value in read_fields(message):
        if wire_type != LENGTH or not isinstance(value, bytes):
            continue
        if number == _METADATA:
            name, entry_value = _parse_entry(value)
            payload.metadata[name] = entry_value
        elif number == _DATA:
            payload.data = value
        elif number == _EXTERNAL_PAYLOADS:
            payload.external_payloads.append(_parse_details(value))
    return payload


def _parse_entry(message: bytes) -> Tuple[str, bytes]:
    """An entry of the map: without a key it is that of the empty name, without a value its value is empty."""
    name = b""
    entry_value = b""
    for number, wire_type, value in read_fields(message):
        if wire_type != LENGTH or not isinstance(value, bytes):
            continue
        if number == _ENTRY_KEY:
            name = value
            if decode_utf8(value) is None:
                raise InvalidPayload("a metadata name that is not UTF-8, whatever replaces it")
        elif number == _ENTRY_VALUE:
            entry_value = value
    text = decode_utf8(name)
    if text is None:
        raise InvalidPayload("a metadata name that is not UTF-8")
    return text, entry_value


def _parse_details(message: bytes) -> int:
    """ExternalPayloadDetails: `size_bytes`, an int64, which is 0 where it is not there."""
    size = 0
    for number, wire_type, value in read_fields(message):
        if number == _SIZE_BYTES and wire_type == VARINT and value is None:
            raise InvalidPayload("a size of more than 64 bits")
        if number == _SIZE_BYTES and wire_type == VARINT and isinstance(value, int):
            size = value - 2**64 if value > INT64_MAX else value
    return size


def serialise_payload(payload: Payload) -> bytes:
    """The payload in the wire format: metadata in the dict's order, then data, then external payloads."""
    out = bytearray()
    for name, value in payload.metadata.items():
        name_utf8 = encode_utf8(name)
        if name_utf8 is None:
            raise EncodeError("a metadata name has lone surrogates")
        out += write_bytes(_METADATA, write_bytes(_ENTRY_KEY, name_utf8) + write_bytes(_ENTRY_VALUE, value))
    if payload.data:
        out += write_bytes(_DATA, payload.data)
    for size in payload.external_payloads:
        if not INT64_MIN <= size <= INT64_MAX:
            raise EncodeError("size_bytes is no int64")
        out += write_bytes(_EXTERNAL_PAYLOADS, write_int64(_SIZE_BYTES, size))
    return bytes(out)
