"""Keys, labels and additional authenticated data of suite 0x01 (envelope.md §4, §5 and §6)."""

from __future__ import annotations

from typing import List

from . import Mistake

_INFO = "info = _KEYS_LABEL + bytes([VERSION, SUITE]) + salt"
_OKM = "return PayloadKeys(content_key=okm[0:32], commitment=okm[32:64])"
_SAME = "return bytes_eq(one, other)"
_AAD = 'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + primary_key_id + header'
_BLOCK = 'mac.update(info + b"\\x01")'


def _m(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("suite.py", text, replacement, description)


MISTAKES: List[Mistake] = [
    # The keys of a payload.
    _m('b"waxseal/v1/payload-keys"', 'b"waxseal/v1/payload-key"', "the label of the payload's keys is another"),
    _m(_INFO, "info = _KEYS_LABEL + salt", "version and suite are not in the derivation"),
    _m(_INFO, "info = _KEYS_LABEL + bytes([VERSION]) + salt", "the suite is not in the derivation"),
    _m(_INFO, "info = _KEYS_LABEL + bytes([VERSION, SUITE])", "the salt is not in the derivation"),
    _m(_INFO, "info = bytes([VERSION, SUITE]) + salt", "the label is not in the derivation"),
    _m(_INFO, "info = _KEYS_LABEL + bytes([VERSION, SUITE, 0]) + salt", "a byte more is in the derivation"),
    _m(_INFO, "info = salt + _KEYS_LABEL + bytes([VERSION, SUITE])", "the salt comes first"),
    _m(_BLOCK, "mac.update(info)", "the number of the block is not in the derivation"),
    _m(_BLOCK, 'mac.update(info + b"\\x00")', "blocks are counted from 0"),
    _m(_BLOCK, 'mac.update(b"\\x01" + info)', "the number of the block comes first"),
    _m("HMAC(data_key, hashes.SHA512())", "HMAC(data_key, hashes.SHA3_512())", "the hash is SHA3-512"),
    _m("HMAC(data_key, hashes.SHA512())", "HMAC(data_key, hashes.BLAKE2b(64))", "the hash is BLAKE2b"),
    _m("HMAC(data_key, hashes.SHA512())", "HMAC(salt, hashes.SHA512())", "the salt is the key"),
    _m(
        "    mac = HMAC(data_key, hashes.SHA512())\n",
        "    extract = HMAC(bytes(64), hashes.SHA512())\n"
        "    extract.update(data_key)\n"
        "    mac = HMAC(extract.finalize(), hashes.SHA512())\n",
        "the keys are derived with HKDF-Extract first",
    ),
    _m(_OKM, "return PayloadKeys(content_key=okm[32:64], commitment=okm[0:32])", "key and commitment are swapped"),
    _m(_OKM, "return PayloadKeys(content_key=okm[0:32], commitment=okm[0:32])", "the key is the commitment"),
    _m(_OKM, "return PayloadKeys(content_key=okm[0:16], commitment=okm[32:64])", "the cipher is AES-128"),
    _m(_SAME, "return bytes_eq(one[:16], other[:16])", "half of the commitment is compared"),
    _m(_SAME, "return bytes_eq(one[:31], other[:31])", "the last byte of the commitment is not compared"),
    _m(_SAME, "return bytes_eq(one[1:], other[1:])", "the first byte of the commitment is not compared"),
    # The cipher.
    _m("_NONCE = bytes(12)", '_NONCE = bytes(11) + b"\\x01"', "the nonce is 1"),
    _m("_NONCE = bytes(12)", "_NONCE = bytes(16)", "the nonce has 16 bytes"),
    _m('b"waxseal/v1/envelope"', 'b"waxseal/v1/envelopes"', "the label of the envelope is another"),
    _m(_AAD, 'return len(primary_key_id).to_bytes(2, "big") + primary_key_id + header', "the AAD has no label"),
    _m(_AAD, "return _AAD_LABEL + primary_key_id + header", "the AAD has no length of the key ID"),
    _m(_AAD, 'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + header', "the AAD has no key ID"),
    _m(_AAD, "return _AAD_LABEL + header", "the AAD has neither the key ID nor its length"),
    _m(_AAD, 'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + primary_key_id', "the AAD has no header"),
    _m(
        _AAD,
        'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "little") + primary_key_id + header',
        "the length of the key ID is little-endian",
    ),
    _m(
        _AAD,
        'return _AAD_LABEL + min(len(primary_key_id), 255).to_bytes(2, "big") + primary_key_id + header',
        "the length of the key ID ends at 255",
    ),
    _m(
        _AAD,
        'return _AAD_LABEL + len(primary_key_id.decode("utf-8")).to_bytes(2, "big") + primary_key_id + header',
        "the length of the key ID is in characters",
    ),
    _m(_AAD, 'return _AAD_LABEL + header + len(primary_key_id).to_bytes(2, "big") + primary_key_id', "the key ID last"),
    _m(
        _AAD,
        'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + primary_key_id + header[:66]',
        "the AAD has neither context nor wrapped keys",
    ),
    _m(
        _AAD,
        'return _AAD_LABEL + len(primary_key_id).to_bytes(2, "big") + primary_key_id'
        ' + header[: 68 + int.from_bytes(header[66:68], "big")]',
        "the AAD has no wrapped keys",
    ),
    _m('DATA_KEY_AAD = b"waxseal/v1/data-key"', 'DATA_KEY_AAD = b""', "data keys are wrapped without AAD"),
    _m('DATA_KEY_AAD = b"waxseal/v1/data-key"', 'DATA_KEY_AAD = b"waxseal/v2/data-key"', "their AAD is another"),
    # The writer.
    Mistake(
        "writer.py",
        "    sealed = seal_plaintext(keys.content_key, primary_key_id, header, plaintext)\n",
        "    sealed = seal_plaintext(keys.content_key, wrapped_keys[-1].key_id.encode(), header, plaintext)\n",
        "a writer authenticates the last key ID",
    ),
    Mistake(
        "writer.py",
        "primary_key_id = key_id_bytes(wrapped_keys[0].key_id)",
        "primary_key_id = key_id_bytes(wrapped_keys[-1].key_id)",
        "a writer takes the last key for the primary one",
    ),
]
