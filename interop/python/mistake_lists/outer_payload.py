"""What is an envelope, what a redacted failure, and which metadata an envelope has (envelope.md §2, §2.1)."""

from __future__ import annotations

from typing import List

from . import Mistake

_IS_ENVELOPE = "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING"
_IS_REDACTED = "return payload.data in REDACTED_DATA and not payload.external_payloads"
_REDACTED_ENTRY = "if payload.metadata != {ENCODING: REDACTED_ENCODING}:"
_REFUSE = "if self._require_encryption and not is_redacted(payload):"
_PASS_ON = "            raise UnencryptedPayload()\n        return payload"
_OTHER_ENTRY = "if name not in (ENCODING, KEY_ID):"


def _outer(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("outer.py", text, replacement, description)


def _reader(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("reader.py", text, replacement, description)


MISTAKES: List[Mistake] = [
    # The encoding of an envelope.
    _outer(
        _IS_ENVELOPE,
        'return payload.metadata.get(ENCODING, b"").lower() == ENVELOPE_ENCODING',
        "`Binary/Envelope` is taken for an envelope",
    ),
    _outer(
        _IS_ENVELOPE,
        'return payload.metadata.get(ENCODING, b"").strip() == ENVELOPE_ENCODING',
        "space around the encoding of an envelope is overlooked",
    ),
    _outer(
        _IS_ENVELOPE,
        'return payload.metadata.get(ENCODING, b"").startswith(ENVELOPE_ENCODING)',
        "an encoding that begins like an envelope's is taken for one",
    ),
    _outer(
        _IS_ENVELOPE,
        'return payload.metadata.get(ENCODING, b"").split(b"\\0")[0] == ENVELOPE_ENCODING',
        "the encoding ends at a NUL",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING, ENVELOPE_ENCODING) == ENVELOPE_ENCODING",
        "a payload without an encoding is taken for an envelope",
    ),
    _outer(
        _IS_ENVELOPE,
        "return {name.lower(): value for name, value in payload.metadata.items()}.get(ENCODING)"
        " == ENVELOPE_ENCODING",
        "the name of the entry `encoding` is compared without case",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING and KEY_ID in payload.metadata",
        "an envelope without a key ID is taken for plaintext",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING and len(payload.metadata) == 2",
        "an envelope with a third entry is taken for plaintext",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING and payload.data != b''",
        "an envelope without data is taken for plaintext",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING and not payload.external_payloads",
        "an envelope with external payloads is taken for plaintext",
    ),
    _outer(
        _IS_ENVELOPE,
        "return payload.metadata.get(ENCODING) == ENVELOPE_ENCODING or KEY_ID in payload.metadata",
        "a payload with a key ID is taken for an envelope",
    ),
    _outer(
        _IS_ENVELOPE,
        'return payload.metadata.get(ENCODING) in (ENVELOPE_ENCODING, b"binary/encrypted")',
        "the payloads of another codec are taken for envelopes",
    ),
    # The other entry of it.
    _outer(_OTHER_ENTRY, "if False:", "a third metadata entry is accepted"),
    _outer(_OTHER_ENTRY, "if name and name not in (ENCODING, KEY_ID):", "an entry with an empty name is accepted"),
    _outer(
        _OTHER_ENTRY,
        "if payload.metadata[name] and name not in (ENCODING, KEY_ID):",
        "a third entry with an empty value is accepted",
    ),
    _outer(
        _OTHER_ENTRY,
        "if name.lower() not in (ENCODING, KEY_ID):",
        "a third entry is accepted where its name is that of one of the two in another case",
    ),
    # Redacted failures.
    _outer('(b"attributes", b"details")', '(b"attributes",)', "a redacted detail is not known"),
    _outer('(b"attributes", b"details")', '(b"details",)', "redacted attributes are not known"),
    _outer('(b"attributes", b"details")', '(b"attributes", b"detail")', "a redacted detail is `detail`"),
    _outer('(b"attributes", b"details")', '(b"attribute", b"details")', "redacted attributes are `attribute`"),
    _outer('(b"attributes", b"details")', '(b"attributes", b"details", b"")', "no data is a redacted failure"),
    _outer('(b"attributes", b"details")', '(b"attributes", b"details", b"detail")', "so is `detail`"),
    _outer(
        'b"binary/waxseal-redacted"', 'b"binary/waxseal-redacted2"', "the encoding of redacted failures is another"
    ),
    _outer(_IS_REDACTED, "return payload.data.lower() in REDACTED_DATA", "redacted data without case"),
    _outer(_IS_REDACTED, "return payload.data.strip() in REDACTED_DATA", "space around redacted data"),
    _outer(_IS_REDACTED, "return payload.data.strip(b'\\0') in REDACTED_DATA", "NUL around redacted data"),
    _outer(_IS_REDACTED, "return payload.data.startswith(REDACTED_DATA)", "redacted data with something after it"),
    _outer(_IS_REDACTED, "return payload.data.endswith(REDACTED_DATA)", "redacted data with something before it"),
    _outer(_IS_REDACTED, "return True", "other data with the encoding of a redacted failure is one"),
    _outer(
        _REDACTED_ENTRY,
        "if payload.metadata.get(ENCODING) != REDACTED_ENCODING:",
        "a redacted failure with another entry is one",
    ),
    _outer(
        _REDACTED_ENTRY,
        "if {name: value for name, value in payload.metadata.items() if value} != {ENCODING: REDACTED_ENCODING}:",
        "a redacted failure with another entry, which is empty, is one",
    ),
    _outer(
        _REDACTED_ENTRY,
        'if len(payload.metadata) != 1 or payload.metadata.get(ENCODING, b"").lower() != REDACTED_ENCODING:',
        "the encoding of a redacted failure is compared without case",
    ),
    _outer(
        _REDACTED_ENTRY,
        "if list(payload.metadata.values()) != [REDACTED_ENCODING]:",
        "a redacted failure is one whatever its entry is called",
    ),
    _outer(
        _REDACTED_ENTRY,
        'if payload.metadata != {ENCODING: payload.metadata.get(ENCODING, b"")}:',
        "a redacted failure is one by its data, whatever its encoding",
    ),
    # What is passed on, and what is not.
    _reader(_REFUSE, "if self._require_encryption:", "redacted failures are refused"),
    _reader(_REFUSE, "if False:", "plaintext is accepted where everything must be encrypted"),
    _reader(_REFUSE, "if not is_redacted(payload):", "plaintext is never accepted"),
    _reader(
        _REFUSE,
        "if self._require_encryption != is_redacted(payload):",
        "redacted failures are refused where plaintext is accepted",
    ),
    _reader(
        _REFUSE,
        "if self._require_encryption and payload.metadata and not is_redacted(payload):",
        "a payload without metadata is accepted where everything must be encrypted",
    ),
    _reader(
        _REFUSE,
        'if self._require_encryption and payload.metadata.get("encoding") and not is_redacted(payload):',
        "a payload with an empty encoding, or none, is accepted where everything must be encrypted",
    ),
    _reader(
        _REFUSE,
        'if self._require_encryption and payload.metadata.get("encoding", b"")[:7] != b"binary/":',
        "everything binary is accepted where everything must be encrypted",
    ),
    _reader(
        _REFUSE,
        "if (self._require_encryption or is_redacted(payload)) and not is_redacted(payload) or"
        ' b"redacted" in payload.metadata.get("encoding", b"") and not is_redacted(payload):',
        "what is almost a redacted failure is refused where plaintext is accepted",
    ),
    _reader(
        _PASS_ON,
        "            raise UnencryptedPayload()\n        return Payload(payload.metadata, payload.data)",
        "what is passed on loses its external payloads",
    ),
    _reader(
        _PASS_ON,
        "            raise UnencryptedPayload()\n"
        "        return Payload({name: value for name, value in payload.metadata.items() if name}, payload.data,"
        " payload.external_payloads)",
        "what is passed on loses an entry with an empty name",
    ),
    _reader(
        _PASS_ON,
        "            raise UnencryptedPayload()\n"
        '        return Payload({"encoding": b"", **payload.metadata}, payload.data, payload.external_payloads)',
        "what is passed on without an encoding gets one",
    ),
    _reader(
        "return self.open(payload).inner",
        "try:\n                return self.open(payload).inner\n"
        "            except Exception as error:\n"
        "                if error.code.startswith('WAXSEAL_MALFORMED'):\n"
        "                    return payload\n"
        "                raise",
        "a malformed envelope is passed on",
    ),
    _reader(
        "return self.open(payload).inner",
        "try:\n                return self.open(payload).inner\n"
        "            except Exception as error:\n"
        "                if self._require_encryption and error.code.startswith('WAXSEAL_MALFORMED'):\n"
        "                    raise UnencryptedPayload()\n"
        "                raise",
        "a malformed envelope counts as unencrypted where everything must be encrypted",
    ),
    _reader(
        "return self.open(payload).inner",
        "return self.decode(self.open(payload).inner)",
        "an envelope in an envelope is opened too",
    ),
    _reader(
        "return self.open(payload).inner",
        "inner = self.open(payload).inner\n"
        "            return Payload(inner.metadata, inner.data, inner.external_payloads + payload.external_payloads)",
        "external payloads of the outer payload get into the inner one",
    ),
    _reader(
        "return self.open(payload).inner",
        "inner = self.open(payload).inner\n"
        "            if self._require_encryption and not is_envelope(inner):\n"
        "                raise UnencryptedPayload()\n"
        "            return inner",
        "where everything must be encrypted, the inner payload must be so too",
    ),
    _outer(
        "return Payload(metadata={ENCODING: ENVELOPE_ENCODING, KEY_ID: key_id}, data=envelope)",
        "return Payload({ENCODING: ENVELOPE_ENCODING, KEY_ID: key_id.lower()}, envelope)",
        "a writer writes the key ID in lower case",
    ),
]
