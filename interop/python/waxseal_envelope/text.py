"""Text: UTF-8 as the specification means it, and the rules of key IDs (envelope.md §3.2, §3.3).

Python's own strings can hold lone surrogates (`json.loads` makes them of "\\ud800"), and its exceptions of
encoding and decoding hold the text in question. So nothing else in this package encodes or decodes UTF-8.
"""

from __future__ import annotations

import re
from typing import Optional

KEY_ID_MIN_BYTES = 1
KEY_ID_MAX_BYTES = 1024

#: U+0000 to U+001F and U+007F to U+009F, which no key ID holds (envelope.md §3.2).
_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")

_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_utf8(data: bytes) -> Optional[str]:
    """
    The text of well-formed UTF-8, or None.

    Python's strict decoder refuses overlong forms, surrogates and what is cut, and keeps U+FEFF at the
    beginning, NUL and noncharacters, which is what the specification asks for.
    """
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return None


def encode_utf8(text: str) -> Optional[bytes]:
    """The UTF-8 of a text, or None where it has lone surrogates and so has none."""
    try:
        return text.encode("utf-8", "strict")
    except UnicodeEncodeError:
        return None


def well_formed(text: str) -> str:
    """The text with each ill-formed part replaced by U+FFFD (envelope.md §3.3)."""
    joined = _SURROGATE_PAIR.sub(_join_pair, text)
    return _SURROGATE.sub("\ufffd", joined)


def well_formed_utf8(text: str) -> bytes:
    """The bytes that such a text is written as and compared by."""
    return well_formed(text).encode("utf-8")


def _join_pair(pair: "re.Match[str]") -> str:
    """Two surrogates that stand side by side are one character, which only Python can hold as two."""
    text = pair.group()
    return chr(0x10000 + ((ord(text[0]) - 0xD800) << 10) + (ord(text[1]) - 0xDC00))


def parse_key_id(data: bytes) -> Optional[str]:
    """The key ID that these bytes are, or None where they break envelope.md §3.2."""
    if not KEY_ID_MIN_BYTES <= len(data) <= KEY_ID_MAX_BYTES:
        return None
    text = decode_utf8(data)
    if text is None or _CONTROL.search(text):
        return None
    return text


def key_id_bytes(key_id: str) -> Optional[bytes]:
    """The bytes of a key ID, or None where it breaks envelope.md §3.2. For writers and configurations."""
    data = encode_utf8(key_id)
    if data is None or parse_key_id(data) is None:
        return None
    return data
