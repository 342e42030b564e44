"""A place in somebody else's bytes. Lengths are checked before anything is read (envelope.md §3.2)."""

from __future__ import annotations

from .errors import MalformedEnvelope


class Cursor:
    """Reads the unsigned big-endian integers and the lengths of envelope.md, and never beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def left(self) -> int:
        """How many bytes have not been read yet."""
        return len(self._data) - self.at

    def take(self, length: int, what: str) -> bytes:
        """The next `length` bytes. `what` names them in the error where there are fewer."""
        if length > self.left:
            raise MalformedEnvelope(f"ends within the {what}")
        start = self.at
        self.at += length
        return bytes(self._data[start : self.at])

    def u8(self, what: str) -> int:
        """The next byte, as a number."""
        return self.take(1, what)[0]

    def u16(self, what: str) -> int:
        """The next two bytes, as a number."""
        return int.from_bytes(self.take(2, what), "big")

    def sized(self, least: int, most: int, what: str) -> bytes:
        """A `u16` and then as many bytes as it says, which are `least` to `most`."""
        length = self.u16(f"length of the {what}")
        if length < least:
            raise MalformedEnvelope(f"{what} shorter than {least} bytes")
        if length > most:
            raise MalformedEnvelope(f"{what} longer than {most} bytes")
        return self.take(length, what)
