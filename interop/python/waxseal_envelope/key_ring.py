"""The key-ring file of local keys (local-key.md §2).

`json` of Python takes more than RFC 8259: NaN and Infinity, UTF-16, and lone surrogates in texts. What is
read here is decoded strictly first, and every text that matters is checked against a rule of its own.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from typing import Any, Dict, Iterable

from .errors import InvalidKeyRing
from .local_key import KEY_BYTES, LocalKey
from .text import decode_utf8, key_id_bytes

FORMAT = "waxseal-local-keyring/v1"

_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_MATERIAL = re.compile(r"[A-Za-z0-9+/]{43}=?")
_CREATED_AT = re.compile(
    r"[0-9]{4}-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?Z"
)
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class KeyRing:
    """The keys of a file, by key ID, and the key ID to wrap with."""

    def __init__(self, keys: Dict[str, LocalKey], primary_key_ids: Dict[str, str], primary: str) -> None:
        self.keys = keys
        self._primary_key_ids = primary_key_ids
        self._primary = primary

    def key_id_for_wrapping(self, name: str = "") -> str:
        """The key ID of the primary version of a key: of the primary key where no name is given."""
        return self._primary_key_ids[name or self._primary]


def load_key_ring(path: str) -> KeyRing:
    """Reads a file that nobody but its owner can read or replace."""
    with open(path, "rb") as file:
        _check_access(os.fstat(file.fileno()), os.stat(os.path.dirname(os.path.abspath(path))))
        return parse_key_ring(file.read())


def _check_access(file: os.stat_result, folder: os.stat_result) -> None:
    if stat.S_IMODE(file.st_mode) & 0o177:
        raise InvalidKeyRing("others can read or write the file: it takes mode 0600 or stricter")
    if file.st_uid not in (os.geteuid(), 0):
        raise InvalidKeyRing("the file is somebody else's")
    others_write = folder.st_mode & 0o022
    if others_write and not folder.st_mode & stat.S_ISVTX:
        raise InvalidKeyRing("others can replace the file: they can write to its folder")


def parse_key_ring(document: bytes) -> KeyRing:
    """The key ring of such a document, or InvalidKeyRing, whose message holds nothing of it."""
    ring = _fields(_parse_json(document), ("format", "primary", "keys"))
    if ring["format"] != FORMAT:
        raise InvalidKeyRing("another format")
    keys: Dict[str, LocalKey] = {}
    primary_key_ids: Dict[str, str] = {}
    for name, key in _object(ring["keys"]).items():
        if key_id_bytes(name) is None:
            raise InvalidKeyRing("a name of a key that breaks the rules of key IDs")
        primary_key_ids[name] = _add_versions(keys, name, _fields(key, ("primaryVersion", "versions")))
    primary = ring["primary"]
    if not isinstance(primary, str) or primary not in primary_key_ids:
        raise InvalidKeyRing("the primary key is none of the keys")
    return KeyRing(keys, primary_key_ids, primary)


def _add_versions(keys: Dict[str, LocalKey], name: str, key: Dict[str, Any]) -> str:
    """Adds each version of a key under the key ID `<name>/v<version>`, and gives the primary one's."""
    versions = _object(key["versions"])
    for version, fields in versions.items():
        if not _VERSION.fullmatch(version):
            raise InvalidKeyRing("a version that is no whole number from 1 to 999,999,999")
        key_id = f"{name}/v{version}"
        if key_id_bytes(key_id) is None:
            raise InvalidKeyRing("a key ID that is too long")
        entry = _fields(fields, ("createdAt", "material"))
        _check_time(entry["createdAt"])
        keys[key_id] = LocalKey(key_id, _material(entry["material"]))
    primary_version = key["primaryVersion"]
    # `True` is an int to Python. 2.0 and 2e0 are floats to it: they MAY be refused, and are.
    if type(primary_version) is not int or str(primary_version) not in versions:
        raise InvalidKeyRing("the primary version is none of the versions")
    return f"{name}/v{primary_version}"


def _parse_json(document: bytes) -> Any:
    text = decode_utf8(document)
    if text is None:
        raise InvalidKeyRing("not UTF-8")
    if text.startswith("\ufeff"):
        raise InvalidKeyRing("a byte order mark")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        pass
    raise InvalidKeyRing("not JSON")


def _refuse_constant(_: str) -> None:
    raise ValueError("not JSON")


def _object(value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidKeyRing("something else where an object belongs")
    return value


def _fields(value: Any, names: Iterable[str]) -> Dict[str, Any]:
    """An object with exactly these fields."""
    fields = _object(value)
    if set(fields) != set(names):
        raise InvalidKeyRing("a field that is missing, or one that is not known")
    return fields


def _material(value: Any) -> bytes:
    """32 bytes in base64, with or without its `=`; the bits beyond the 32 bytes are zero."""
    if not isinstance(value, str) or not _MATERIAL.fullmatch(value):
        raise InvalidKeyRing("material that is not 32 bytes in base64")
    digits = value.rstrip("=")
    material = base64.b64decode(digits + "=", validate=True)
    if len(material) != KEY_BYTES or base64.b64encode(material).decode("ascii").rstrip("=") != digits:
        raise InvalidKeyRing("material that is not 32 bytes in base64")
    return material


def _check_time(value: Any) -> None:
    """A time in UTC, as RFC 3339 writes it: with a date that exists, and perhaps a leap second."""
    match = _CREATED_AT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidKeyRing("createdAt is no time in UTC")
    month, day, hour, minute, second = (int(part) for part in match.groups()[:5])
    year = int(value[:4])
    leap = month == 2 and (year % 4 == 0 and year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS_OF_MONTH[month - 1] + (1 if leap else 0):
        raise InvalidKeyRing("createdAt has a date that does not exist")
    if hour > 23 or minute > 59 or second > 60:
        raise InvalidKeyRing("createdAt has a time that does not exist")
