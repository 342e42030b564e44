"""The outer payload: an envelope, a redacted failure, or neither (envelope.md §2, §2.1)."""

from __future__ import annotations

from typing import Tuple

from .errors import MalformedEnvelope
from .payload import Payload
from .text import parse_key_id

ENCODING = "encoding"
KEY_ID = "encryption-key-id"

ENVELOPE_ENCODING = b"binary/envelope"
REDACTED_ENCODING = b"binary/waxseal-redacted"

#: Message and stack of a failure; a detail of one.
REDACTED_DATA = (b"attributes", b"details")


def is_envelope(payload: Payload) -> bool:
    """Whether the encoding is that of an envelope. The bytes are compared as they are."""
    return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING


def is_redacted(payload: Payload) -> bool:
    """
    Whether the payload is one of the two constants that stand for a part of a failure (envelope.md §2.1).

    The constants have no external payloads, so a payload that has some is none of them. The page does not say
    so; it is the reading that lets nothing of a writer's choice through where everything must be encrypted.
    """
    if payload.metadata != {ENCODING: REDACTED_ENCODING}:
        return False
    return payload.data in REDACTED_DATA and not payload.external_payloads


def primary_key_id(payload: Payload) -> Tuple[str, bytes]:
    """The primary key ID, as text and as bytes. The metadata holds it and the encoding, and no more."""
    for name in payload.metadata:
        if name not in (ENCODING, KEY_ID):
            raise MalformedEnvelope("a metadata entry that an envelope does not have")
    key_id_utf8 = payload.metadata.get(KEY_ID)
    if key_id_utf8 is None:
        raise MalformedEnvelope(f"no {KEY_ID}")
    key_id = parse_key_id(key_id_utf8)
    if key_id is None:
        raise MalformedEnvelope(f"{KEY_ID} is no key ID")
    return key_id, key_id_utf8


def outer_payload(key_id: bytes, envelope: bytes) -> Payload:
    """The payload that an encoder gives to Temporal."""
    return Payload(metadata={ENCODING: ENVELOPE_ENCODING, KEY_ID: key_id}, data=envelope)
