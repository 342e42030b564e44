"""The local key: a key-encryption key that is simply there (local-key.md §1)."""

from __future__ import annotations

import os
import re
from typing import Optional

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import EncodeError, WrappedKeyRefused
from .text import key_id_bytes

KEY_BYTES = 32
VERSION = 0x01
NONCE_BYTES = 12
TAG_BYTES = 16

#: What a wrapped key has more than what is wrapped: version, nonce and tag.
OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES

_AAD_LABEL = b"waxseal/v1/local-key"


#: What follows the last `/v` of a key ID is the version (local-key.md §2).
_VERSION_IN_KEY_ID = re.compile(r"/v[1-9][0-9]{0,8}\Z")


def key_name(key_id: str) -> str:
    """The name of a local key, without the version that its key ID ends in, if it does."""
    return _VERSION_IN_KEY_ID.sub("", key_id)


class LocalKey:
    """One key of 32 bytes, with the key ID that is recorded in payloads."""

    def __init__(self, key_id: str, material: bytes) -> None:
        if len(material) != KEY_BYTES:
            raise ValueError(f"a local key has {KEY_BYTES} bytes")
        key_id_utf8 = key_id_bytes(key_id)
        if key_id_utf8 is None:
            raise ValueError("a key ID that the format does not have")
        self.key_id = key_id
        self._key_id = key_id_utf8
        self._cipher = AESGCM(material)

    def wrap(self, data_key: bytes, aad: bytes, nonce: Optional[bytes] = None) -> bytes:
        """
        Wraps a data key. The nonce is random; that it can be given is for tests.

        One key must not wrap more than 2^32 data keys, which whoever calls this has to see to.
        """
        if nonce is None:
            nonce = os.urandom(NONCE_BYTES)
        if len(nonce) != NONCE_BYTES:
            raise EncodeError("a nonce of another length")
        return bytes([VERSION]) + nonce + self._cipher.encrypt(nonce, data_key, self._aad(aad))

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """What is wrapped, of whatever length, 0 too; or WrappedKeyRefused."""
        if len(wrapped) < OVERHEAD_BYTES:
            raise WrappedKeyRefused("a wrapped key that is too short")
        if wrapped[0] != VERSION:
            raise WrappedKeyRefused("a version of wrapped keys that is not known")
        nonce = wrapped[1 : 1 + NONCE_BYTES]
        try:
            return self._cipher.decrypt(nonce, wrapped[1 + NONCE_BYTES :], self._aad(aad))
        except InvalidTag:
            pass
        raise WrappedKeyRefused("a wrapped key of another key, or one that was changed")

    def _aad(self, aad: bytes) -> bytes:
        """Binds a wrapped key to the key ID that it was made for."""
        return _AAD_LABEL + len(self._key_id).to_bytes(2, "big") + self._key_id + aad
