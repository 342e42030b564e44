"""The header of an envelope: version, suite, limits, context and wrapped keys (envelope.md §3)."""

from __future__ import annotations

from typing import List

from . import Mistake

_KEY = '_KEY = re.compile(rb"[a-z][a-z0-9-]*")'
_ORDER = "if previous is not None and key_bytes <= previous:"
_MUST = "if key.startswith(MUST_PREFIX):\n            raise MalformedEnvelope"
_MORE = "while cursor.left > 0:"
_TAG = "if cursor.left < TAG_BYTES:"
_SORT = "encoded.sort(key=lambda entry: entry[0])"
_SEEN = "if key_id in seen:"
_KEY_PLACE = "key_bytes = cursor.sized(KEY_MIN_BYTES, KEY_MAX_BYTES, \"context key\")"
_VALUE_PLACE = "value_bytes = cursor.sized(VALUE_MIN_BYTES, VALUE_MAX_BYTES, \"context value\")"


def _envelope(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("envelope.py", text, replacement, description)


def _context(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("context.py", text, replacement, description)


def _cursor(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("cursor.py", text, replacement, description)


def _key(pattern: str, description: str) -> Mistake:
    return _context(_KEY, f'_KEY = re.compile(rb"{pattern}")', f"context key: {description}")


MISTAKES: List[Mistake] = [
    # Version and suite.
    _envelope("if version != VERSION:", "if False:", "the version is not looked at"),
    _envelope("if version != VERSION:", "if version < VERSION:", "later versions are accepted"),
    _envelope("if version != VERSION:", "if version > VERSION:", "version 0 is accepted"),
    _envelope("if suite != SUITE:", "if False:", "the suite is not looked at"),
    _envelope("if suite != SUITE:", "if suite not in (1, 2):", "the reserved suite is accepted"),
    _envelope("if suite != SUITE:", "if suite > SUITE:", "suite 0 is accepted"),
    _envelope("if suite != SUITE:", "if suite < SUITE:", "later suites are accepted"),
    # Ends and lengths.
    _cursor("if length > self.left:", "if False:", "the end of the bytes is not looked at"),
    _cursor("if length > self.left:", "if length > self.left + 1:", "a field may lack its last byte"),
    _cursor("if length > self.left:", "if length >= self.left:", "nothing may stand last"),
    _cursor('self.take(2, what), "big")', 'self.take(2, what), "little")', "lengths are little-endian"),
    _cursor("if length < least:", "if False:", "least lengths are not looked at"),
    _cursor("if length > most:", "if False:", "most lengths are not looked at"),
    _cursor("if length > most:", "if length >= most:", "what is as long as it may be is refused"),
    _cursor("if length < least:", "if length <= least:", "what is as short as it may be is refused"),
    _envelope(_TAG, "if False:", "there may be no room for a tag"),
    _envelope(_TAG, "if cursor.left < TAG_BYTES - 1:", "the tag may lack a byte"),
    _envelope(_TAG, "if cursor.left <= TAG_BYTES:", "a ciphertext of 0 bytes is refused"),
    _envelope(
        "sealed = cursor.take(cursor.left, ",
        "sealed = cursor.take(cursor.left - cursor.left % 2, ",
        "a byte after an even number of them is ignored",
    ),
    # The limits of the context.
    _context("CONTEXT_MAX_BYTES = 4096", "CONTEXT_MAX_BYTES = 4097", "a context of 4,097 bytes is accepted"),
    _context("CONTEXT_MAX_BYTES = 4096", "CONTEXT_MAX_BYTES = 4095", "a context of 4,096 bytes is refused"),
    _context("MAX_ENTRIES = 16", "MAX_ENTRIES = 17", "17 entries are accepted"),
    _context("MAX_ENTRIES = 16", "MAX_ENTRIES = 15", "16 entries are refused"),
    _context("KEY_MAX_BYTES = 64", "KEY_MAX_BYTES = 65", "a context key of 65 bytes is accepted"),
    _context("KEY_MAX_BYTES = 64", "KEY_MAX_BYTES = 63", "a context key of 64 bytes is refused"),
    _context("KEY_MIN_BYTES = 1", "KEY_MIN_BYTES = 0", "a context key of 0 bytes passes the check of its length"),
    _context("KEY_MIN_BYTES = 1", "KEY_MIN_BYTES = 2", "a context key of one byte is refused"),
    _context("VALUE_MAX_BYTES = 1024", "VALUE_MAX_BYTES = 1025", "a context value of 1,025 bytes is accepted"),
    _context("VALUE_MAX_BYTES = 1024", "VALUE_MAX_BYTES = 1023", "a context value of 1,024 bytes is refused"),
    _context("VALUE_MIN_BYTES = 0", "VALUE_MIN_BYTES = 1", "an empty context value is refused"),
    _context(_MORE, "while cursor.left > 1:", "a byte after the last entry is ignored"),
    _context(_MORE, "while cursor.left > 3:", "three bytes after the last entry are ignored"),
    _context(
        _VALUE_PLACE,
        'value_bytes = cursor.sized(VALUE_MIN_BYTES, VALUE_MAX_BYTES, "value") if cursor.left else b""',
        "the last entry may lack its value",
    ),
    _context(
        _VALUE_PLACE,
        'value_bytes = cursor.take(min(cursor.u16("value"), cursor.left), "value")',
        "the last value may be cut, and values may have any length",
    ),
    # Keys of the context.
    _key("[A-Za-z][A-Za-z0-9-]*", "capitals are accepted"),
    _key("[a-z0-9][a-z0-9-]*", "a digit first is accepted"),
    _key("[a-z-][a-z0-9-]*", "a hyphen first is accepted"),
    _key("[a-z][a-z0-9_-]*", "an underscore is accepted"),
    _key("[a-z][a-z0-9.-]*", "a point is accepted"),
    _key("[a-z][a-z0-9-]*\\n?", "a line feed last is accepted"),
    _key("[a-z][a-z0-9\\x80-\\xff-]*", "what is not ASCII is accepted"),
    _key("[a-z]([a-z0-9-]*[a-z0-9])?", "a hyphen last is refused"),
    _key("[a-z][a-z0-9]*(-[a-z0-9]+)*-?", "two hyphens in a row are refused"),
    _key("[a-z][a-z-]*", "digits are refused"),
    _key("[a-z]+[a-z0-9-]+", "a single letter is refused"),
    _context(
        "if not _KEY.fullmatch(key_bytes):\n            raise MalformedEnvelope",
        "if not _KEY.match(key_bytes):\n            raise MalformedEnvelope",
        "context key: only its beginning is looked at",
    ),
    # Their order.
    _context(_ORDER, "if False:", "the order of context keys is not looked at"),
    _context(_ORDER, "if previous is not None and key_bytes < previous:", "a context key may stand twice"),
    _context(_ORDER, "if key_bytes == previous:", "only a context key that stands twice is refused"),
    _context(
        _ORDER,
        "if previous is not None and (len(key_bytes), key_bytes) <= (len(previous), previous):",
        "shorter context keys come first",
    ),
    _context(
        _ORDER,
        'if previous is not None and key_bytes.replace(b"-", b"~") <= previous.replace(b"-", b"~"):',
        "a hyphen comes after letters",
    ),
    _context(
        _ORDER,
        "if previous is not None and key_bytes <= previous and not previous.startswith(key_bytes):",
        "a prefix may come after what it is a prefix of",
    ),
    _context(
        _ORDER,
        'if previous is not None and key_bytes.replace(b"-", b"") <= previous.replace(b"-", b""):',
        "hyphens do not count for the order",
    ),
    # Keys that a reader must know, and those that it need not.
    _context(_MUST, "if False:\n            raise MalformedEnvelope", "keys that begin with must- are accepted"),
    _context(
        _MUST,
        'if key.startswith(MUST_PREFIX) and key != "must-":\n            raise MalformedEnvelope',
        "the key must- alone is accepted",
    ),
    _context(
        _MUST,
        "if key.startswith(MUST_PREFIX) and cursor.left:\n            raise MalformedEnvelope",
        "a must- key is accepted where it is the last",
    ),
    _context('MUST_PREFIX = "must-"', 'MUST_PREFIX = "must"', "keys that begin with must are refused"),
    _context(
        _MUST,
        "if MUST_PREFIX in key:\n            raise MalformedEnvelope",
        "keys that hold must- anywhere are refused",
    ),
    _context(
        _MUST,
        "if key not in (NAMESPACE, WORKFLOW_ID):\n            raise MalformedEnvelope",
        "context keys that are not known are refused",
    ),
    _context(
        _MUST,
        "if key == PAYLOAD_KIND or key.startswith(MUST_PREFIX):\n            raise MalformedEnvelope",
        "the reserved context key is refused",
    ),
    # Wrapped keys.
    _envelope("MIN_WRAPPED_KEYS = 1", "MIN_WRAPPED_KEYS = 0", "no wrapped key is accepted"),
    _envelope("MIN_WRAPPED_KEYS = 1", "MIN_WRAPPED_KEYS = 2", "one wrapped key is refused"),
    _envelope("MAX_WRAPPED_KEYS = 8", "MAX_WRAPPED_KEYS = 9", "nine wrapped keys are accepted"),
    _envelope("MAX_WRAPPED_KEYS = 8", "MAX_WRAPPED_KEYS = 7", "eight wrapped keys are refused"),
    _envelope("WRAPPED_KEY_MIN_BYTES = 1", "WRAPPED_KEY_MIN_BYTES = 0", "an empty wrapped key is accepted"),
    _envelope("WRAPPED_KEY_MIN_BYTES = 1", "WRAPPED_KEY_MIN_BYTES = 2", "a wrapped key of one byte is refused"),
    _envelope("WRAPPED_KEY_MIN_BYTES = 1", "WRAPPED_KEY_MIN_BYTES = 29", "short wrapped keys of others are refused"),
    _envelope("WRAPPED_KEY_MAX_BYTES = 4096", "WRAPPED_KEY_MAX_BYTES = 4097", "4,097 bytes of a wrapped key"),
    _envelope("WRAPPED_KEY_MAX_BYTES = 4096", "WRAPPED_KEY_MAX_BYTES = 4095", "not 4,096 bytes of a wrapped key"),
    _envelope(_SEEN, "if False:", "key IDs may stand twice"),
    _envelope(_SEEN, "if key_id == primary_key_id and index > 0:", "other key IDs than the primary may stand twice"),
    _envelope(_SEEN, "if key_id in seen and key_id != primary_key_id:", "the primary key ID may stand twice"),
    _envelope(
        _SEEN,
        "if wrapped_keys and wrapped_keys[-1].key_id == key_id:",
        "key IDs may stand twice where another is between them",
    ),
    _envelope(_SEEN, "if key_id.lower() in {one.lower() for one in seen}:", "key IDs are compared without case"),
    _envelope(
        _SEEN,
        'if __import__("unicodedata").normalize("NFC", key_id) in'
        ' {__import__("unicodedata").normalize("NFC", one) for one in seen}:',
        "key IDs are the same where they are so after normalisation",
    ),
    # The writer.
    _context(_SORT, "pass", "a writer does not sort the context"),
    _context(_SORT, "encoded.sort(key=lambda entry: entry[1])", "a writer sorts the context by value"),
    _context(_SORT, "encoded.sort(key=lambda entry: entry[0], reverse=True)", "a writer sorts it downwards"),
    _context(_SORT, "encoded.sort(key=lambda entry: (len(entry[0]), entry[0]))", "a writer: shorter keys first"),
    _context(
        _SORT,
        'encoded.sort(key=lambda entry: entry[0].replace(b"-", b"~"))',
        "a writer: a hyphen comes after letters",
    ),
    _context(
        "value_bytes = well_formed_utf8(value)",
        "if not value:\n            continue\n        value_bytes = well_formed_utf8(value)",
        "a writer that is given the context of a vector drops an empty value",
    ),
    _context(
        "value_bytes = well_formed_utf8(value)",
        'value_bytes = re.sub(r"-....-..-..T..:..:..Z$", "", well_formed(value)).encode("utf-8")',
        "a writer removes the suffix of a schedule",
    ),
    _envelope("        if index > 0:\n", "        if True:\n", "a writer writes the primary key ID too"),
    _envelope("        if index > 0:\n", "        if False:\n", "a writer writes no key ID"),
    _envelope(
        "out += len(context_bytes).to_bytes(2, \"big\")",
        "out += bytes([len(list(context))])",
        "a writer writes the number of entries for the length of the context",
    ),
]
