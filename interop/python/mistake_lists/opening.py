"""The order of a decoder, its search for the data key, and the local key (envelope.md §6, local-key.md §1)."""

from __future__ import annotations

from typing import List

from . import Mistake

_CHECK = "        check_binding(header.context, self._binding)\n"
_CANDIDATES = "        candidates = self._candidates(header)\n"
_FIND = "        data_key, keys = _find_data_key(header, candidates)\n"
_REFUSED = "        if unwrapped is None:\n            continue\n        any_unwrapped = True\n"
_LENGTH = "        if len(unwrapped) != DATA_KEY_BYTES:\n            continue\n"
_COMMITMENT = "        if not same_commitment(keys.commitment, header.commitment):\n            continue\n"
_OUTCOME = "    if any_unwrapped:\n        raise DecryptionFailed()\n"
_LOOP = "    for wrapped_key, service in candidates:\n"
_WRONG_TAG = "        if plaintext is None:\n            raise DecryptionFailed()\n"
_LOOK_UP = "service = self._keys.get(wrapped_key.key_id)"
_EACH_WRAPPED = "for wrapped_key in header.wrapped_keys:"
_NO_CANDIDATE = (
    '        if not found:\n            raise UnknownKey("no wrapped key is under a key that is configured")\n'
)
_OPEN = "plaintext = open_ciphertext(keys.content_key, key_id_utf8, envelope.header_bytes, envelope.sealed)"
_OPEN_WITH = "plaintext = open_ciphertext({}, key_id_utf8, envelope.header_bytes, envelope.sealed)"


def _m(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("reader.py", text, replacement, description)


def _local(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("local_key.py", text, replacement, f"local key: {description}")


MISTAKES: List[Mistake] = [
    # The order of the steps.
    _m(
        _CHECK + "        # 3. Which of the wrapped keys are under keys that are configured.\n" + _CANDIDATES,
        _CANDIDATES + _CHECK,
        "an unknown key is found before a mismatch",
    ),
    _m(
        _CHECK + "        # 3. Which of the wrapped keys are under keys that are configured.\n" + _CANDIDATES
        + "        # 4. The data key.\n" + _FIND,
        _CANDIDATES + _FIND + _CHECK,
        "the context is checked after a key service was asked",
    ),
    _m(
        "        envelope = parse_envelope(payload.data, key_id)\n",
        "        if key_id in self._keys:\n"
        "            _unwrap_or_none(self._keys[key_id], WrappedKey(key_id, payload.data))\n"
        "        envelope = parse_envelope(payload.data, key_id)\n",
        "a key service is asked before the header was parsed",
    ),
    _m(
        _CANDIDATES,
        "        for name in self._keys:\n"
        "            _unwrap_or_none(self._keys[name], header.wrapped_keys[0])\n" + _CANDIDATES,
        "every key service is asked before an unknown key is found",
    ),
    _m(
        "        key_id, key_id_utf8 = primary_key_id(payload)\n",
        "        key_id, key_id_utf8 = primary_key_id(payload)\n"
        "        if key_id not in self._keys and len(payload.data) < 100:\n"
        '            raise UnknownKey("unknown")\n',
        "an unknown key is found before a header that is cut",
    ),
    _m(
        "        header = envelope.header\n",
        "        header = envelope.header\n"
        "        if not any(key.key_id in self._keys for key in header.wrapped_keys[:1]):\n"
        '            raise UnknownKey("unknown")\n',
        "the primary key has to be configured",
    ),
    # Which keys are asked.
    _m(_EACH_WRAPPED, "for wrapped_key in header.wrapped_keys[:1]:", "only the primary key is looked for"),
    _m(_EACH_WRAPPED, "for wrapped_key in header.wrapped_keys[:7]:", "the eighth key is not looked for"),
    _m(_EACH_WRAPPED, "for wrapped_key in header.wrapped_keys[-1:]:", "only the last key is looked for"),
    _m(_LOOP, "    for wrapped_key, service in candidates[:1]:\n", "only the first configured key is asked"),
    _m(_LOOP, "    for wrapped_key, service in candidates[-1:]:\n", "only the last configured key is asked"),
    _m(_LOOP, "    for wrapped_key, service in candidates[:2]:\n", "only the first two configured keys are asked"),
    _m(_LOOP, "    for wrapped_key, service in candidates[:4]:\n", "only the first four configured keys are asked"),
    _m(_LOOP, "    for wrapped_key, service in candidates[::-1]:\n", "the last key is asked first"),
    _m(
        _LOOK_UP,
        "service = {name.lower(): key for name, key in self._keys.items()}.get(wrapped_key.key_id.lower())",
        "key IDs are looked up without case",
    ),
    _m(
        _LOOK_UP,
        "service = self._keys.get(wrapped_key.key_id.strip())",
        "key IDs are looked up without space around them",
    ),
    _m(
        _LOOK_UP,
        'service = {name.split("/v")[0]: key for name, key in self._keys.items()}.get('
        'wrapped_key.key_id.split("/v")[0])',
        "another version of a key is asked",
    ),
    _m(
        _NO_CANDIDATE,
        "        if not found:\n"
        "            found = [(header.wrapped_keys[0], service) for service in self._keys.values()]\n"
        '        if not found:\n            raise UnknownKey("unknown")\n',
        "where no key is configured, all others are tried",
    ),
    _m(_NO_CANDIDATE, "", "that no key is configured is a failure of the key service"),
    _m(
        _NO_CANDIDATE,
        "        if len(found) < len(header.wrapped_keys):\n            raise UnknownKey('unknown')\n",
        "all keys have to be configured",
    ),
    # What ends the search, and what it ends with.
    _m(_REFUSED, _REFUSED.replace("continue", "break"), "the first refusal ends the search"),
    _m(
        _REFUSED,
        _REFUSED.replace("continue", "raise KeyServiceFailed('refused')"),
        "the first refusal is the outcome",
    ),
    _m(_REFUSED, _REFUSED.replace("is None", "in (None, b'')"), "0 bytes are taken for a refusal"),
    _m(
        _REFUSED,
        "        if unwrapped == b'':\n            break\n" + _REFUSED,
        "0 bytes end the search",
    ),
    _m(_LENGTH, _LENGTH.replace("continue", "break"), "a data key of another length ends the search"),
    _m(
        _LENGTH,
        _LENGTH.replace("            continue", "            any_unwrapped = False\n            continue"),
        "a data key of another length counts as a refusal, and so do those before",
    ),
    _m(
        "        any_unwrapped = True\n" + _LENGTH,
        _LENGTH + "        any_unwrapped = True\n",
        "a data key of another length counts as a refusal",
    ),
    _m(
        "        any_unwrapped = True\n" + _LENGTH
        + "        keys = derive_keys(unwrapped, header.salt)\n" + _COMMITMENT,
        _LENGTH + "        keys = derive_keys(unwrapped, header.salt)\n" + _COMMITMENT
        + "        any_unwrapped = True\n",
        "a data key with another commitment counts as a refusal",
    ),
    _m(_COMMITMENT, _COMMITMENT.replace("continue", "break"), "another commitment ends the search"),
    _m(_COMMITMENT, "", "the commitment is not compared"),
    _m(
        _REFUSED,
        _REFUSED.replace("            continue", "            any_unwrapped = False\n            continue"),
        "the last refusal decides the outcome",
    ),
    _m(
        "        any_unwrapped = True\n",
        "        any_unwrapped = any_unwrapped or service is candidates[0][1]\n",
        "the first key decides the outcome",
    ),
    _m(_OUTCOME, "    if True:\n        raise DecryptionFailed()\n", "the outcome is always DECRYPTION_FAILED"),
    _m(_OUTCOME, "", "the outcome is always KEY_SERVICE"),
    _m(
        _OUTCOME,
        "    if any_unwrapped and len(candidates) == 1:\n        raise DecryptionFailed()\n",
        "of several keys of which none is right, the outcome is KEY_SERVICE",
    ),
    _m(
        _OUTCOME,
        "    if any_unwrapped or len(candidates) > 1:\n        raise DecryptionFailed()\n",
        "of several keys of which none is right, the outcome is DECRYPTION_FAILED",
    ),
    _m(
        _OUTCOME,
        "    if any_unwrapped or len(candidates) < len(header.wrapped_keys):\n        raise DecryptionFailed()\n",
        "keys that are not configured count as if they had unwrapped",
    ),
    _m(
        _WRONG_TAG,
        "        if plaintext is None:\n"
        "            if len(candidates) > 1:\n"
        "                _find_data_key(header, candidates[1:])\n"
        "            raise DecryptionFailed()\n",
        "a wrong tag continues the search, and the outcome is that of the rest",
    ),
    _m(_WRONG_TAG, "        if plaintext is None:\n            plaintext = b''\n", "a wrong tag gives an empty plaintext"),
    _m(_WRONG_TAG, _WRONG_TAG.replace("DecryptionFailed()", 'KeyServiceFailed("tag")'), "a wrong tag: KEY_SERVICE"),
    _m(
        "        if inner is None:\n            raise DecryptionFailed()\n",
        "        if inner is None:\n            inner = Payload()\n",
        "a plaintext that is no payload is an empty one",
    ),
    _m(
        "        if inner is None:\n            raise DecryptionFailed()\n",
        "        if inner is None:\n            raise UnencryptedPayload()\n",
        "a plaintext that is no payload has another outcome",
    ),
    # The length of the data key.
    _m(_LENGTH, "", "the length of the data key is not looked at"),
    _m(_LENGTH, _LENGTH.replace("!=", "<"), "a longer data key is accepted"),
    _m(_LENGTH, _LENGTH.replace("!=", ">"), "a shorter data key is accepted"),
    _m(
        _LENGTH,
        "        unwrapped = unwrapped[:DATA_KEY_BYTES]\n" + _LENGTH,
        "a longer data key is cut",
    ),
    _m(
        _LENGTH,
        "        unwrapped = unwrapped.ljust(DATA_KEY_BYTES, b'\\0')\n" + _LENGTH,
        "a shorter data key is filled up with zeros",
    ),
    _m(_LENGTH, "        if len(unwrapped) not in (16, 32):\n            continue\n", "16 bytes are a data key"),
    _m(_LENGTH, "        if len(unwrapped) not in (32, 64):\n            continue\n", "64 bytes are a data key"),
    _m(_OPEN, _OPEN_WITH.format("data_key"), "the data key is the cipher key"),
    # The local key.
    _local("        if wrapped[0] != VERSION:", "        if False:", "its version is not looked at"),
    _local("if len(wrapped) < OVERHEAD_BYTES:", "if len(wrapped) <= OVERHEAD_BYTES:", "0 bytes are refused"),
    _local("if len(wrapped) < OVERHEAD_BYTES:", "if len(wrapped) != 61:", "other lengths than 32 are refused"),
    _local("if len(wrapped) < OVERHEAD_BYTES:", "if len(wrapped) > 61:", "what is longer is refused"),
    _local("if len(wrapped) < OVERHEAD_BYTES:", "if len(wrapped) < 61:", "what is shorter is refused"),
    _local('b"waxseal/v1/local-key"', 'b"waxseal/v1/localkey"', "its label is another"),
    _local(" + self._key_id + aad", " + aad", "its key ID is not authenticated"),
    _local(" + self._key_id + aad", " + self._key_id", "the aad of the envelope is not authenticated"),
    _local(
        'len(self._key_id).to_bytes(2, "big")',
        'len(self._key_id).to_bytes(2, "little")',
        "the length of its key ID is little-endian",
    ),
    _local(
        "_AAD_LABEL + len(self._key_id).to_bytes(2, \"big\") +",
        "_AAD_LABEL +",
        "the length of its key ID is not authenticated",
    ),
    _local("nonce = wrapped[1 : 1 + NONCE_BYTES]", "nonce = bytes(NONCE_BYTES)", "its nonce is not read"),
]
