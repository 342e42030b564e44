"""The envelope: its header, read and written (envelope.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Sequence, Set

from .context import CONTEXT_MAX_BYTES, Entry, parse_context, serialise_context
from .cursor import Cursor
from .errors import EncodeError, MalformedEnvelope
from .suite import CIPHERTEXT_MAX_BYTES, COMMITMENT_BYTES, SALT_BYTES, SUITE, TAG_BYTES, VERSION
from .text import KEY_ID_MAX_BYTES, KEY_ID_MIN_BYTES, key_id_bytes, parse_key_id

MIN_WRAPPED_KEYS = 1
MAX_WRAPPED_KEYS = 8
WRAPPED_KEY_MIN_BYTES = 1
WRAPPED_KEY_MAX_BYTES = 4096


@dataclass(frozen=True)
class WrappedKey:
    """The data key under one key-encryption key (envelope.md §3.4)."""

    key_id: str
    wrapped: bytes


@dataclass(frozen=True)
class Header:
    """What the header says. The key ID of the first wrapped key comes from the metadata."""

    version: int
    suite: int
    salt: bytes
    commitment: bytes
    context: List[Entry]
    wrapped_keys: List[WrappedKey]


@dataclass(frozen=True)
class Envelope:
    """An envelope in its parts: the header, the bytes that it was read from, and ciphertext with tag."""

    header: Header
    header_bytes: bytes
    sealed: bytes


def parse_envelope(data: bytes, primary_key_id: str) -> Envelope:
    """Reads an envelope, or raises MalformedEnvelope. No key is needed for it, and none is asked for."""
    cursor = Cursor(data)
    version = cursor.u8("version")
    if version != VERSION:
        raise MalformedEnvelope("a version that is not known")
    suite = cursor.u8("suite")
    if suite != SUITE:
        raise MalformedEnvelope("a suite that is not accepted")
    salt = cursor.take(SALT_BYTES, "salt")
    commitment = cursor.take(COMMITMENT_BYTES, "commitment")
    context = parse_context(cursor.sized(0, CONTEXT_MAX_BYTES, "context"))
    wrapped_keys = _parse_wrapped_keys(cursor, primary_key_id)
    header_bytes = bytes(data[: cursor.at])
    if cursor.left < TAG_BYTES:
        raise MalformedEnvelope("no room for a tag")
    if cursor.left - TAG_BYTES > CIPHERTEXT_MAX_BYTES:
        raise MalformedEnvelope("a ciphertext that is too long")
    sealed = cursor.take(cursor.left, "ciphertext")
    return Envelope(Header(version, suite, salt, commitment, context, wrapped_keys), header_bytes, sealed)


def _parse_wrapped_keys(cursor: Cursor, primary_key_id: str) -> List[WrappedKey]:
    """The first wrapped key has no key ID of its own, the others do, and no two have the same."""
    count = cursor.u8("number of wrapped keys")
    if count < MIN_WRAPPED_KEYS:
        raise MalformedEnvelope("no wrapped key")
    if count > MAX_WRAPPED_KEYS:
        raise MalformedEnvelope(f"more than {MAX_WRAPPED_KEYS} wrapped keys")
    wrapped_keys: List[WrappedKey] = []
    seen: Set[str] = set()
    for index in range(count):
        key_id = primary_key_id if index == 0 else _parse_other_key_id(cursor)
        wrapped = cursor.sized(WRAPPED_KEY_MIN_BYTES, WRAPPED_KEY_MAX_BYTES, "wrapped key")
        if key_id in seen:
            raise MalformedEnvelope("two wrapped keys with one key ID")
        seen.add(key_id)
        wrapped_keys.append(WrappedKey(key_id, wrapped))
    return wrapped_keys


def _parse_other_key_id(cursor: Cursor) -> str:
    key_id = parse_key_id(cursor.sized(KEY_ID_MIN_BYTES, KEY_ID_MAX_BYTES, "key ID"))
    if key_id is None:
        raise MalformedEnvelope("a key ID with characters that none has")
    return key_id


def serialise_header(
    salt: bytes, commitment: bytes, context: Iterable[Entry], wrapped_keys: Sequence[WrappedKey]
) -> bytes:
    """The header, with the context sorted and the wrapped keys in the order given, the primary one first."""
    if len(salt) != SALT_BYTES or len(commitment) != COMMITMENT_BYTES:
        raise EncodeError("a salt or commitment of another length")
    context_bytes = serialise_context(context)
    out = bytearray([VERSION, SUITE])
    out += salt + commitment
    out += len(context_bytes).to_bytes(2, "big") + context_bytes
    out += _serialise_wrapped_keys(wrapped_keys)
    return bytes(out)


def _serialise_wrapped_keys(wrapped_keys: Sequence[WrappedKey]) -> bytes:
    if not MIN_WRAPPED_KEYS <= len(wrapped_keys) <= MAX_WRAPPED_KEYS:
        raise EncodeError(f"not {MIN_WRAPPED_KEYS} to {MAX_WRAPPED_KEYS} wrapped keys")
    if len({key.key_id for key in wrapped_keys}) < len(wrapped_keys):
        raise EncodeError("two wrapped keys with one key ID")
    out = bytearray([len(wrapped_keys)])
    for index, key in enumerate(wrapped_keys):
        key_id = key_id_bytes(key.key_id)
        if key_id is None:
            raise EncodeError("a key ID that the format does not have")
        if not WRAPPED_KEY_MIN_BYTES <= len(key.wrapped) <= WRAPPED_KEY_MAX_BYTES:
            raise EncodeError("a wrapped key that is empty or too long")
        if index > 0:
            out += len(key_id).to_bytes(2, "big") + key_id
        out += len(key.wrapped).to_bytes(2, "big") + key.wrapped
    return bytes(out)
