"""Suite 0x01: the keys of a payload, and its cipher (envelope.md §4, §5 and §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hmac import HMAC

VERSION = 0x01
SUITE = 0x01

DATA_KEY_BYTES = 32
SALT_BYTES = 32
COMMITMENT_BYTES = 32
TAG_BYTES = 16

#: NIST SP 800-38D §5.2.1.1.
CIPHERTEXT_MAX_BYTES = 2**36 - 32

#: Additional authenticated data of a data key that is wrapped (envelope.md §3.4).
DATA_KEY_AAD = b"waxseal/v1/data-key"

_KEYS_LABEL = b"waxseal/v1/payload-keys"
_AAD_LABEL = b"waxseal/v1/envelope"

#: Constant, because each content key seals one payload.
_NONCE = bytes(12)


@dataclass(frozen=True)
class PayloadKeys:
    """What is derived from a data key and a salt."""

    content_key: bytes
    commitment: bytes

    def __repr__(self) -> str:
        """Keys are not for messages."""
        return "<PayloadKeys>"


def derive_keys(data_key: bytes, salt: bytes) -> PayloadKeys:
    """The content key and the commitment of a payload: one block of HMAC with SHA-512 (envelope.md §5)."""
    info = _KEYS_LABEL + bytes([VERSION, SUITE]) + salt
    mac = HMAC(data_key, hashes.SHA512())
    mac.update(info + b"\x01")
    okm = mac.finalize()
    return PayloadKeys(content_key=okm[0:32], commitment=okm[32:64])


def same_commitment(one: bytes, other: bytes) -> bool:
    """Compares in constant time (envelope.md §6, step 4)."""
    return bytes_eq(one, other)


def seal_plaintext(content_key: bytes, primary_key_id: bytes, header: bytes, plaintext: bytes) -> bytes:
    """Ciphertext and tag."""
    return AESGCM(content_key).encrypt(_NONCE, plaintext, _aad(primary_key_id, header))


def open_ciphertext(
    content_key: bytes, primary_key_id: bytes, header: bytes, sealed: bytes
) -> Optional[bytes]:
    """The plaintext of ciphertext and tag, or None where the tag is not right."""
    try:
        return AESGCM(content_key).decrypt(_NONCE, sealed, _aad(primary_key_id, header))
    except InvalidTag:
        return None


def _aad(primary_key_id: bytes, header: bytes) -> bytes:
    """What is authenticated and not encrypted: the primary key ID of the metadata, and the whole header."""
    return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + primary_key_id + header
