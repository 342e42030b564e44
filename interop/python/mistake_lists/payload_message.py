"""The Payload message (envelope.md §2.2)."""

from __future__ import annotations

from typing import List

from . import Mistake

_SIZE = "size = value - 2**64 if value > INT64_MAX else value"
_APPEND = "payload.external_payloads.append(_parse_details(value))"
_SET_ENTRY = "payload.metadata[name] = entry_value"
_SET_DATA = "payload.data = value"
_SKIP_PAYLOAD = (
    "        if wire_type != LENGTH or not isinstance(value, bytes):\n            continue\n        if number == _METADATA:"
)
_SKIP_ENTRY = (
    "        if wire_type != LENGTH or not isinstance(value, bytes):\n"
    "            continue\n"
    "        if number == _ENTRY_KEY:"
)
_GROUP = "            at = _skip_group(message, at, number)\n        else:"
_OPEN = "            open_groups.append(inner_number)\n"
_NO_SUCH_TYPE = 'raise InvalidPayload("a wire type that does not exist")'


def _payload(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("payload.py", text, replacement, description)


def _wire(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("wire.py", text, replacement, description)


MISTAKES: List[Mistake] = [
    # Of what stands twice, the last counts.
    _payload(_SET_ENTRY, "payload.metadata.setdefault(name, entry_value)", "the first entry of a name wins"),
    _payload(
        _SET_ENTRY,
        "payload.metadata[name] = entry_value or payload.metadata.get(name, b'')",
        "an empty entry does not replace one before it",
    ),
    _payload(_SET_DATA, "payload.data = payload.data or value", "the first data wins"),
    _payload(_SET_DATA, "payload.data = value or payload.data", "empty data does not replace data before it"),
    _payload(_SET_DATA, "payload.data += value", "data that stands twice is joined"),
    _payload(
        "            name = value\n", "            name = name or value\n", "the first name within an entry wins"
    ),
    _payload(
        "            entry_value = value\n",
        "            entry_value = entry_value or value\n",
        "the first value within an entry wins",
    ),
    _payload(
        "            entry_value = value\n",
        "            entry_value = value or entry_value\n",
        "an empty value does not replace one before it within an entry",
    ),
    _payload(_SIZE, "size = size or (value - 2**64 if value > INT64_MAX else value)", "the first size wins"),
    _payload(
        _SIZE,
        "size = (value - 2**64 if value > INT64_MAX else value) or size",
        "a size of 0 does not replace one before it",
    ),
    # Entries that lack something.
    _payload('    name = b""\n', '    name = b"\\xff"\n', "an entry without a key is refused"),
    _payload('    name = b""\n', '    name = b"undefined"\n', "an entry without a key gets a name"),
    _payload('    entry_value = b""\n', '    entry_value = b"null"\n', "an entry without a value gets one"),
    _payload(_SET_ENTRY, "payload.metadata.update({name: entry_value} if name else {})", "the empty name is dropped"),
    _payload(
        _SET_ENTRY,
        "payload.metadata.update({name: entry_value} if entry_value else {})",
        "an entry with an empty value is dropped",
    ),
    _payload(
        "            name, entry_value = _parse_entry(value)\n",
        "            if not value:\n                continue\n            name, entry_value = _parse_entry(value)\n",
        "an entry of no bytes is dropped",
    ),
    # External payloads.
    _payload(_SIZE, "size = value", "a negative size is read as an unsigned number"),
    _payload(_SIZE, "size = value if value <= INT64_MAX else -value", "a negative size is not a two's complement"),
    _payload(_SIZE, "size = value - 2**64 if value >= INT64_MAX else value", "2^63 - 1 is read as negative"),
    _payload(_SIZE, "size = value - 2**64 if value > INT64_MAX + 1 else value", "-2^63 is read as 2^63"),
    _payload(_SIZE, "size = int(float(value - 2**64 if value > INT64_MAX else value))", "sizes are doubles"),
    _payload(_SIZE, "size = value & 0xFFFFFFFF", "sizes have 32 bits"),
    _payload(_SIZE, "size = value >> 1 ^ -(value & 1)", "sizes are read as sint64"),
    _payload(_SIZE, "size = max(0, value - 2**64 if value > INT64_MAX else value)", "negative sizes become 0"),
    _payload(_SIZE, "size = min(value, 2**53 - 1) if value <= INT64_MAX else value - 2**64", "sizes end at 2^53"),
    _payload(_APPEND, "payload.external_payloads = [_parse_details(value)]", "only the last external payload is kept"),
    _payload(_APPEND, "payload.external_payloads.insert(0, _parse_details(value))", "external payloads are reversed"),
    _payload(
        _APPEND,
        "payload.external_payloads = sorted(payload.external_payloads + [_parse_details(value)])",
        "external payloads are sorted",
    ),
    _payload(_APPEND, "payload.external_payloads += [_parse_details(value)] if value else []", "an empty one is dropped"),
    _payload(_APPEND, "_parse_details(value)", "external payloads are dropped"),
    # Fields that the page does not name, and groups.
    _payload(
        _SKIP_PAYLOAD,
        "        if number > 3:\n            raise InvalidPayload('unknown')\n" + _SKIP_PAYLOAD,
        "unknown fields are refused",
    ),
    _payload(
        _SKIP_PAYLOAD,
        "        if number == 2047:\n            raise InvalidPayload('padding')\n" + _SKIP_PAYLOAD,
        "padding is refused",
    ),
    _payload(
        _SKIP_PAYLOAD,
        "        if number == 2047:\n            payload.data += value\n            continue\n" + _SKIP_PAYLOAD,
        "padding is taken for data",
    ),
    _payload(
        _SKIP_PAYLOAD,
        "        if number > 2047:\n            raise InvalidPayload('unknown')\n" + _SKIP_PAYLOAD,
        "field numbers above 2047 are refused",
    ),
    _payload(
        _SKIP_ENTRY,
        "        if number > 2:\n            raise InvalidPayload('unknown')\n" + _SKIP_ENTRY,
        "unknown fields within an entry are refused",
    ),
    _payload(
        "if number == _SIZE_BYTES and wire_type == VARINT and isinstance(value, int):",
        "if number != _SIZE_BYTES:\n            raise InvalidPayload('unknown')\n        if isinstance(value, int):",
        "unknown fields within an external payload are refused",
    ),
    _payload(
        "if number == _SIZE_BYTES and wire_type == VARINT and isinstance(value, int):",
        "if isinstance(value, int):",
        "any number within an external payload is taken for its size",
    ),
    _payload(
        _SKIP_PAYLOAD,
        "        number &= 0xFF\n" + _SKIP_PAYLOAD,
        "field numbers have one byte",
    ),
    _payload(
        _SKIP_ENTRY,
        "        if wire_type == 3:\n            raise InvalidPayload('group')\n" + _SKIP_ENTRY,
        "groups within an entry are refused",
    ),
    _payload(
        "        if number == _SIZE_BYTES and wire_type == VARINT and isinstance",
        "        if wire_type == 3:\n            raise InvalidPayload('group')\n        if number == _SIZE_BYTES and wire_type == VARINT and isinstance",
        "groups within an external payload are refused",
    ),
    _payload(
        _SKIP_ENTRY,
        "        if wire_type in (1, 5):\n            raise InvalidPayload('fixed')\n" + _SKIP_ENTRY,
        "fields of 64 and 32 bits within an entry are refused",
    ),
    _payload(
        "        if number == _SIZE_BYTES and wire_type == VARINT and isinstance",
        "        if wire_type in (1, 5):\n            raise InvalidPayload('fixed')\n        if number == _SIZE_BYTES and wire_type == VARINT and isinstance",
        "fields of 64 and 32 bits within an external payload are refused",
    ),
    _wire(
        "        else:\n            at = _skip_scalar(message, at, wire_type)\n    return at",
        "        else:\n            raise InvalidPayload('fixed')\n    return at",
        "fields of 64 and 32 bits within a group are refused",
    ),
    _wire(_GROUP, "            raise InvalidPayload('group')\n        else:", "groups are refused"),
    _wire(
        "        elif wire_type == GROUP_START:\n" + _GROUP,
        "        elif wire_type in (GROUP_START, GROUP_END):\n            continue\n        else:",
        "the fields of a group are taken for the payload's",
    ),
    _wire(_OPEN, "            raise InvalidPayload('group')\n", "groups within groups are refused"),
    _wire(_OPEN, "", "the end of an inner group ends the outer one"),
    _wire("MAX_GROUP_DEPTH = 100", "MAX_GROUP_DEPTH = 99", "groups that are nested 100 deep are refused"),
    _wire("MAX_GROUP_DEPTH = 100", "MAX_GROUP_DEPTH = 3", "groups that are nested 4 deep are refused"),
    _wire('raise InvalidPayload("ends within a group")', "return at", "a group need not end"),
    _wire("if open_groups.pop() != inner_number:", "if not open_groups.pop():", "a group ends with any number"),
    _wire('raise InvalidPayload("the end of a group that was not begun")', "return at", "a group's end alone is skipped"),
    _wire(
        "            length, at = _read_varint(message, at, MAX_TAG_BYTES)\n            at = _advance(message, at, length)",
        "            length, at = _read_varint(message, at, MAX_TAG_BYTES)",
        "bytes within a group are not skipped",
    ),
    _wire(
        "            at = _skip_varint(message, at)\n",
        "            at += 1\n",
        "a varint within a group is one byte",
    ),
    _wire("_advance(message, at, 8)", "_advance(message, at, 4)", "a field of 64 bits is skipped as one of 32"),
    _wire("_advance(message, at, 4)", "_advance(message, at, 8)", "a field of 32 bits is skipped as one of 64"),
    _wire("return _advance(message, at, 8)", _NO_SUCH_TYPE, "fields of 64 bits are refused"),
    _wire("return _advance(message, at, 4)", _NO_SUCH_TYPE, "fields of 32 bits are refused"),
    # What must be rejected.
    _wire(_NO_SUCH_TYPE, "return at", "wire types 6 and 7 are skipped"),
    _wire(_NO_SUCH_TYPE, "if wire_type == 6:\n        return at\n    " + _NO_SUCH_TYPE, "wire type 6 is skipped"),
    _wire(_NO_SUCH_TYPE, "if wire_type == 7:\n        return at\n    " + _NO_SUCH_TYPE, "wire type 7 is skipped"),
    _wire('raise InvalidPayload("ends within a field")', "return len(message)", "a field may end early"),
    _wire(
        "    if length > len(message) - at:\n",
        "    if length > len(message) - at + 1:\n",
        "a field may end one byte early",
    ),
    _wire(
        '            raise InvalidPayload("ends within a varint")\n        byte',
        "            return value, at\n        byte",
        "a varint may end early",
    ),
    # Varints.
    _wire("MAX_TAG_BYTES = 5", "MAX_TAG_BYTES = 4", "a tag or length of 5 bytes is refused"),
    _wire("MAX_TAG_BYTES = 5", "MAX_TAG_BYTES = 2", "a tag or length of 3 bytes is refused"),
    _wire("MAX_VALUE_BYTES = 10", "MAX_VALUE_BYTES = 9", "a varint of 10 bytes is refused"),
    _wire("MAX_VALUE_BYTES = 10", "MAX_VALUE_BYTES = 5", "a varint of 6 bytes is refused"),
    _wire(
        "    value = 0\n    for index",
        "    value = 0\n    if message[at : at + 2] == b'\\x80\\x00':\n        raise InvalidPayload('long')\n    for index",
        "a varint of 0 that is longer than needed is refused",
    ),
    _wire(
        "        if byte < 0x80:\n",
        "        if byte == 0 and index > 0:\n            raise InvalidPayload('long')\n        if byte < 0x80:\n",
        "varints that are longer than needed are refused",
    ),
    # The payload as a whole, and the writer.
    Mistake(
        "payload.py",
        "    payload = Payload()\n",
        "    payload = Payload()\n    if not message:\n        raise InvalidPayload('empty')\n",
        "a plaintext of 0 bytes is refused",
    ),
    _payload(
        "    return payload\n",
        "    if not payload.metadata:\n        raise InvalidPayload('no metadata')\n    return payload\n",
        "a payload without metadata is refused",
    ),
    _payload(
        "write_bytes(_ENTRY_KEY, name_utf8) + write_bytes(_ENTRY_VALUE, value)",
        "write_bytes(_ENTRY_VALUE, value)",
        "a writer leaves the names out",
    ),
    _payload("        out += write_bytes(_EXTERNAL_PAYLOADS,", "        (_EXTERNAL_PAYLOADS,", "a writer: no sizes"),
    _wire("write_varint(value & 0xFFFFFFFFFFFFFFFF)", "write_varint(abs(value))", "a writer: sizes without sign"),
]
