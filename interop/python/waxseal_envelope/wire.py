"""The wire format of Protocol Buffers, as far as envelope.md §2.2 needs it.

The reader is strict where the page says MUST, and says below what it chose where the page says MAY.
It keeps no state between fields and does not recurse, so nesting costs an attacker's reader nothing.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Tuple, Union

from .errors import InvalidPayload

VARINT = 0
FIXED64 = 1
LENGTH = 2
GROUP_START = 3
GROUP_END = 4
FIXED32 = 5

#: Most bytes of a varint that is a value; of one that is a tag or a length (§2.2: more MAY be rejected).
#: A longer value is skipped here; where it would be read, the message is rejected.
MAX_VALUE_BYTES = 10
MAX_TAG_BYTES = 5

#: Groups within groups: 100 deep has to be accepted, more MAY be rejected.
MAX_GROUP_DEPTH = 100

#: One field: its number, its wire type and its value. The value is an unsigned number of 64 bits for VARINT,
#: bytes for LENGTH, and None for a varint that is too long and for a field of another wire type.
Field = Tuple[int, int, Optional[Union[int, bytes]]]


def read_fields(message: bytes) -> Iterator[Field]:
    """
    The fields of a message, one after another, groups skipped as a whole.

    Raises InvalidPayload for what §2.2 has rejected: a message that ends within a field or a group, the end
    of a group that was not begun or is not the open one's, wire types 6 and 7. Of what MAY be rejected it
    rejects tags and lengths of more than 5 bytes or 32 bits, field number 0 and groups that are nested too
    deep. Of a varint it keeps the low 64 bits.
    """
    at = 0
    while at < len(message):
        number, wire_type, at = _read_tag(message, at)
        value: Optional[Union[int, bytes]] = None
        if wire_type == VARINT:
            end = _skip_varint(message, at)
            value = _read_varint(message, at, MAX_VALUE_BYTES)[0] if end - at <= MAX_VALUE_BYTES else None
            at = end
        elif wire_type == LENGTH:
            length, at = _read_varint(message, at, MAX_TAG_BYTES)
            end = _advance(message, at, length)
            value = bytes(message[at:end])
            at = end
        elif wire_type == GROUP_START:
            at = _skip_group(message, at, number)
        else:
            at = _skip_scalar(message, at, wire_type)
        yield number, wire_type, value


def _read_tag(message: bytes, at: int) -> Tuple[int, int, int]:
    tag, at = _read_varint(message, at, MAX_TAG_BYTES)
    number = tag >> 3
    if number == 0:
        raise InvalidPayload("field number 0")
    if tag > 0xFFFFFFFF:
        raise InvalidPayload("a tag of more than 32 bits")
    return number, tag & 7, at


def _read_varint(message: bytes, at: int, most_bytes: int) -> Tuple[int, int]:
    value = 0
    for index in range(most_bytes):
        if at >= len(message):
            raise InvalidPayload("ends within a varint")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
    raise InvalidPayload("a varint that is too long")


def _skip_varint(message: bytes, at: int) -> int:
    while at < len(message):
        at += 1
        if message[at - 1] < 0x80:
            return at
    raise InvalidPayload("ends within a varint")


def _advance(message: bytes, at: int, length: int) -> int:
    if length > len(message) - at:
        raise InvalidPayload("ends within a field")
    return at + length


def _skip_scalar(message: bytes, at: int, wire_type: int) -> int:
    if wire_type == FIXED64:
        return _advance(message, at, 8)
    if wire_type == FIXED32:
        return _advance(message, at, 4)
    if wire_type == GROUP_END:
        raise InvalidPayload("the end of a group that was not begun")
    raise InvalidPayload("a wire type that does not exist")


def _skip_group(message: bytes, at: int, number: int) -> int:
    """Skips what follows the start of a group, up to and with its end, which has the same field number."""
    open_groups: List[int] = [number]
    while open_groups:
        if at >= len(message):
            raise InvalidPayload("ends within a group")
        inner_number, wire_type, at = _read_tag(message, at)
        if wire_type == GROUP_START:
            open_groups.append(inner_number)
            if len(open_groups) > MAX_GROUP_DEPTH:
                raise InvalidPayload("groups nested too deep")
        elif wire_type == GROUP_END:
            if open_groups.pop() != inner_number:
                raise InvalidPayload("the end of another group")
        elif wire_type == VARINT:
            at = _skip_varint(message, at)
        elif wire_type == LENGTH:
            length, at = _read_varint(message, at, MAX_TAG_BYTES)
            at = _advance(message, at, length)
        else:
            at = _skip_scalar(message, at, wire_type)
    return at


def write_varint(value: int) -> bytes:
    """A varint of an unsigned number of up to 64 bits, in as few bytes as it needs."""
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_bytes(number: int, value: bytes) -> bytes:
    """A field of bytes, a text or a message."""
    return write_varint(number << 3 | LENGTH) + write_varint(len(value)) + value


def write_int64(number: int, value: int) -> bytes:
    """A field of type int64. A negative number takes ten bytes, as its two's complement of 64 bits."""
    return write_varint(number << 3 | VARINT) + write_varint(value & 0xFFFFFFFFFFFFFFFF)
