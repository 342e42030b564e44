"""The decoder (envelope.md §6, in the order of its steps)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Optional, Tuple

from .binding import Binding, check_binding
from .envelope import Header, WrappedKey, parse_envelope
from .errors import DecryptionFailed, InvalidPayload, KeyServiceFailed, UnencryptedPayload, UnknownKey
from .local_key import LocalKey
from .outer import is_envelope, is_redacted, primary_key_id
from .payload import Payload, parse_payload
from .suite import DATA_KEY_AAD, DATA_KEY_BYTES, PayloadKeys, derive_keys, open_ciphertext, same_commitment

#: A wrapped key, and the key service that has its key-encryption key.
Candidate = Tuple[WrappedKey, LocalKey]


@dataclass(frozen=True)
class Opened:
    """An envelope that was opened, with what vectors show (vectors/README.md). Not for a codec's users."""

    header: Header
    data_key: bytes
    content_key: bytes
    plaintext: bytes
    inner: Payload

    def __repr__(self) -> str:
        """Keys and plaintext are not for messages."""
        return "<Opened>"


class Reader:
    """
    Decodes payloads for one namespace and workflow, with the keys that are configured.

    `keys` maps key IDs to key services. Anything with the `unwrap` of LocalKey will do; whatever it raises
    counts as a refusal. The reader keeps nothing between payloads.
    """

    def __init__(
        self,
        keys: Mapping[str, LocalKey],
        binding: Optional[Binding] = None,
        require_encryption: bool = False,
    ) -> None:
        self._keys = keys
        self._binding = binding if binding is not None else Binding()
        self._require_encryption = require_encryption

    def decode(self, payload: Payload) -> Payload:
        """
        The inner payload of an envelope; a payload that is no envelope as it is, or UnencryptedPayload.

        A redacted failure is passed on as it is in any case. (Where plaintext is accepted, envelope.md §2.1
        lets a decoder put a readable payload in its place. This one does not.)
        """
        if is_envelope(payload):
            return self.open(payload).inner
        if self._require_encryption and not is_redacted(payload):
            raise UnencryptedPayload()
        return payload

    def open(self, payload: Payload) -> Opened:
        """Opens a payload whose encoding is that of an envelope."""
        # 1. Metadata and header.
        key_id, key_id_utf8 = primary_key_id(payload)
        envelope = parse_envelope(payload.data, key_id)
        header = envelope.header
        # 2. Encryption context.
        check_binding(header.context, self._binding)
        # 3. Which of the wrapped keys are under keys that are configured.
        candidates = self._candidates(header)
        # 4. The data key.
        data_key, keys = _find_data_key(header, candidates)
        # 5. The plaintext, with its tag.
        plaintext = open_ciphertext(keys.content_key, key_id_utf8, envelope.header_bytes, envelope.sealed)
        if plaintext is None:
            raise DecryptionFailed()
        # 6. The inner payload.
        inner = _parse_or_none(plaintext)
        if inner is None:
            raise DecryptionFailed()
        return Opened(header, data_key, keys.content_key, plaintext, inner)

    def _candidates(self, header: Header) -> List[Candidate]:
        found: List[Candidate] = []
        for wrapped_key in header.wrapped_keys:
            service = self._keys.get(wrapped_key.key_id)
            if service is not None:
                found.append((wrapped_key, service))
        if not found:
            raise UnknownKey("no wrapped key is under a key that is configured")
        return found


def _find_data_key(header: Header, candidates: List[Candidate]) -> Tuple[bytes, PayloadKeys]:
    """
    Asks one key service after another for the data key: 32 bytes with the header's commitment (§6, step 4).

    Nothing but finding it ends the search. Where none gives it, the error says whether any has unwrapped.
    """
    any_unwrapped = False
    for wrapped_key, service in candidates:
        unwrapped = _unwrap_or_none(service, wrapped_key)
        if unwrapped is None:
            continue
        any_unwrapped = True
        if len(unwrapped) != DATA_KEY_BYTES:
            continue
        keys = derive_keys(unwrapped, header.salt)
        if not same_commitment(keys.commitment, header.commitment):
            continue
        return unwrapped, keys
    if any_unwrapped:
        raise DecryptionFailed()
    raise KeyServiceFailed("no key service unwrapped the data key")


def _unwrap_or_none(service: LocalKey, wrapped_key: WrappedKey) -> Optional[bytes]:
    """What the key service unwraps, or None where it refuses or cannot be reached."""
    try:
        return service.unwrap(wrapped_key.wrapped, DATA_KEY_AAD)
    except Exception:
        return None


def _parse_or_none(plaintext: bytes) -> Optional[Payload]:
    try:
        return parse_payload(plaintext)
    except InvalidPayload:
        return None
