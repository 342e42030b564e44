"""The encoder (envelope.md §6)."""

from __future__ import annotations

import os
import time
from typing import Iterable, List, Mapping, Sequence

from .context import Entry, check_for_encoder
from .envelope import WrappedKey, serialise_header
from .errors import EncodeError
from .local_key import LocalKey, key_name
from .outer import outer_payload
from .payload import Payload, serialise_payload
from .suite import (
    CIPHERTEXT_MAX_BYTES,
    DATA_KEY_AAD,
    DATA_KEY_BYTES,
    SALT_BYTES,
    derive_keys,
    seal_plaintext,
)
from .text import key_id_bytes


def seal(
    plaintext: bytes,
    data_key: bytes,
    salt: bytes,
    context: Iterable[Entry],
    wrapped_keys: Sequence[WrappedKey],
) -> Payload:
    """
    Seals with the data key, salt and wrapped keys that are given, as the vectors want it (vectors/README.md).

    The context may be in any order and is written in the order of §3.3. Whatever a decoder may meet can be
    written with this, entries with an empty value too; what an encoder may write is up to `encode`.
    A salt must never be used twice with one data key.
    """
    if len(data_key) != DATA_KEY_BYTES:
        raise EncodeError("a data key of another length")
    if len(plaintext) > CIPHERTEXT_MAX_BYTES:
        raise EncodeError("a payload that is too long")
    keys = derive_keys(data_key, salt)
    header = serialise_header(salt, keys.commitment, context, wrapped_keys)
    primary_key_id = key_id_bytes(wrapped_keys[0].key_id)
    if primary_key_id is None:
        raise EncodeError("a key ID that the format does not have")
    sealed = seal_plaintext(keys.content_key, primary_key_id, header, plaintext)
    return outer_payload(primary_key_id, header + sealed)


def encode(
    inner: Payload, keys: Mapping[str, LocalKey], key_ids: Sequence[str], context: Sequence[Entry]
) -> Payload:
    """
    The outer payload of `inner`, with a data key of its own, wrapped under each of `key_ids`. The first is
    primary, and no two are versions of one key (§3.4).

    A data key for each payload keeps this far from the limits of §3.4, and needs no care after a fork (§6).
    """
    check_for_encoder(context)
    if len({key_name(key_id) for key_id in key_ids}) < len(key_ids):
        raise EncodeError("two versions of one key, or one key twice")
    data_key = os.urandom(DATA_KEY_BYTES)
    wrapped_keys: List[WrappedKey] = []
    for key_id in key_ids:
        key = keys.get(key_id)
        if key is None:
            raise EncodeError("a key that is not configured")
        wrapped_keys.append(WrappedKey(key_id, key.wrap(data_key, DATA_KEY_AAD)))
    return seal(serialise_payload(inner), data_key, fresh_salt(), context, wrapped_keys)


def fresh_salt() -> bytes:
    """Random bytes, mixed with what a generator that repeats itself would not repeat (envelope.md §6)."""
    parts = (time.monotonic_ns(), time.time_ns(), os.getpid())
    mix = b"".join((part % 2**64).to_bytes(8, "big") for part in parts).ljust(SALT_BYTES, b"\0")
    return bytes(one ^ other for one, other in zip(os.urandom(SALT_BYTES), mix))
