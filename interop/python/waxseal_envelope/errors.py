"""The six outcomes that a user can tell apart (envelope.md §8), and the errors of a writer.

No error holds plaintext, a key or a part of a payload: what a failed decode says is its code and, where the
defect is in the clear part of an envelope, which rule it breaks. For the same reason the code of this package
raises outside of `except` blocks: an exception of Python's that is chained to another (a UnicodeDecodeError,
say) would carry the bytes that could not be read.
"""

from __future__ import annotations

from typing import ClassVar, Tuple, Type


class EnvelopeError(Exception):
    """A payload was not decoded. `code` is one of the six of envelope.md §8."""

    code: ClassVar[str] = ""

    def __init__(self, reason: str = "") -> None:
        super().__init__(f"{self.code}: {reason}" if reason else self.code)


class MalformedEnvelope(EnvelopeError):
    """The metadata or the header breaks a rule of envelope.md §2 or §3."""

    code = "WAXSEAL_MALFORMED_ENVELOPE"


class ContextMismatch(EnvelopeError):
    """The payload is bound to another namespace or workflow than the reader's (envelope.md §7)."""

    code = "WAXSEAL_CONTEXT_MISMATCH"


class UnknownKey(EnvelopeError):
    """None of the wrapped keys names a key that is configured (envelope.md §6, step 3)."""

    code = "WAXSEAL_UNKNOWN_KEY"


class KeyServiceFailed(EnvelopeError):
    """No key service unwrapped anything (envelope.md §6, step 4)."""

    code = "WAXSEAL_KEY_SERVICE"


class DecryptionFailed(EnvelopeError):
    """A key service unwrapped, and something after that was wrong. It gives no reason, as §6 wishes."""

    code = "WAXSEAL_DECRYPTION_FAILED"

    def __init__(self) -> None:
        super().__init__()


class UnencryptedPayload(EnvelopeError):
    """Not an envelope, where only envelopes are accepted (envelope.md §2)."""

    code = "WAXSEAL_UNENCRYPTED_PAYLOAD"


ALL: Tuple[Type[EnvelopeError], ...] = (
    MalformedEnvelope,
    ContextMismatch,
    UnknownKey,
    KeyServiceFailed,
    DecryptionFailed,
    UnencryptedPayload,
)


class EncodeError(ValueError):
    """A writer was given something that the format cannot hold."""


class InvalidPayload(ValueError):
    """Bytes that are no `Payload` (envelope.md §2.2). The reader makes DecryptionFailed of it."""


class WrappedKeyRefused(ValueError):
    """A key service does not unwrap these bytes (local-key.md §1)."""


class InvalidKeyRing(ValueError):
    """A key-ring file breaks a rule of local-key.md §2."""
