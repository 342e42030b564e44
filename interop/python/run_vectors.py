"""Runs the vectors of docs/spec/vectors, as the README there says.

    python3 run_vectors.py [folder]

Prints one line per failure, then a line with the totals. Exit code 1 where anything failed.

What a file is follows from what it expects: a code (invalid), the parts of an envelope (valid, and what
released versions wrote), or neither (passed on).
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Iterator, List, Optional, Tuple

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "spec" / "vectors"


class Failed(Exception):
    """A vector was not decoded, or not encoded, as it expects."""


def load(folder: Path) -> List[Tuple[str, Any]]:
    """Every vector below the folder, with its path in it."""
    return [
        (path.relative_to(folder).as_posix(), json.loads(path.read_bytes().decode("utf-8")))
        for path in sorted(folder.rglob("*.json"))
    ]


def kind_of(vector: Any) -> str:
    """What is to be done with a vector."""
    expected = vector["expected"]
    if "code" in expected:
        return "invalid"
    return "valid" if "header" in expected else "passed-on"


class Runner:
    """
    Runs vectors with a package: waxseal_envelope, or a copy of it (mistakes.py).

    With `round_trip` it also encodes and decodes each inner payload anew, which the README does not ask for.
    """

    def __init__(self, package: ModuleType, round_trip: bool) -> None:
        def module(name: str) -> Any:
            return importlib.import_module(f"{package.__name__}.{name}")

        self._round_trip = round_trip
        self._form = module("vector_form")
        self._envelope = module("envelope")
        self._errors = module("errors")
        self._local_key = module("local_key")
        self._payload = module("payload")
        self._suite = module("suite")
        self._writer = module("writer")

    def failures(self, vectors: List[Tuple[str, Any]]) -> Iterator[Tuple[str, str]]:
        """The vectors that fail, with what is wrong."""
        for name, vector in vectors:
            problem = self.run(vector)
            if problem is not None:
                yield name, problem

    def run(self, vector: Any) -> Optional[str]:
        """What is wrong with the outcome of one vector, or None."""
        kind = kind_of(vector)
        try:
            if kind == "invalid":
                self._run_invalid(vector)
            elif kind == "valid":
                self._run_valid(vector)
            else:
                self._run_passed_on(vector)
        except Failed as failed:
            return str(failed)
        except Exception as error:  # An error that no decoder should raise is a failure too.
            return f"raised {type(error).__name__}"
        return None

    def _set_up(self, vector: Any) -> Tuple[Dict[str, Any], Any, Any]:
        keys = self._form.keys_from(vector["keys"])
        reader = self._form.reader_from(vector.get("reader", {}), keys)
        return keys, reader, self._form.payload_from(vector["outer"])

    def _decode(self, reader: Any, outer: Any) -> Any:
        try:
            return reader.decode(outer)
        except self._errors.EnvelopeError as error:
            raise Failed(f"rejected with {error}")

    def _run_invalid(self, vector: Any) -> None:
        expected = vector["expected"]
        keys, reader, outer = self._set_up(vector)
        try:
            reader.decode(outer)
        except self._errors.EnvelopeError as error:
            if error.code != expected["code"]:
                raise Failed(f"{error.code} instead of {expected['code']}")
        else:
            raise Failed(f"accepted instead of {expected['code']}")
        asked = _asked(keys)
        if expected.get("keyServiceAsked") is False and asked:
            raise Failed("a key service was asked")
        if expected.get("keyServiceAsked") is True and not asked:
            raise Failed("no key service was asked")

    def _run_passed_on(self, vector: Any) -> None:
        expected = vector["expected"]
        keys, reader, outer = self._set_up(vector)
        result = self._decode(reader, outer)
        if result != self._form.payload_from(expected["inner"]) and not _is_readable(result, expected):
            raise Failed("handed on as something else")
        if _asked(keys):
            raise Failed("a key service was asked")

    def _run_valid(self, vector: Any) -> None:
        expected = vector["expected"]
        keys, reader, outer = self._set_up(vector)
        inner = self._form.payload_from(expected["inner"])
        if self._decode(reader, outer) != inner:
            raise Failed("another inner payload")
        if not _asked(keys):
            raise Failed("no key service was asked")
        self._compare_parts(reader.open(outer), expected)
        self._seal_again(vector, outer)
        if self._round_trip:
            self._encode_and_decode(inner)

    def _compare_parts(self, opened: Any, expected: Any) -> None:
        """Step 3 of the README: header, data key, content key and plaintext."""
        for name, value in (
            ("dataKey", opened.data_key),
            ("contentKey", opened.content_key),
            ("plaintext", opened.plaintext),
        ):
            if name in expected and value != self._form.bytes_from(expected[name]):
                raise Failed(f"another {name}")
        header = expected["header"]
        if (opened.header.version, opened.header.suite) != (header["version"], header["suite"]):
            raise Failed("another version or suite")
        if opened.header.salt != self._form.bytes_from(header["salt"]):
            raise Failed("another salt")
        if opened.header.commitment != self._form.bytes_from(header["commitment"]):
            raise Failed("another commitment")
        if [list(entry) for entry in opened.header.context] != header["context"]:
            raise Failed("another context")
        if opened.header.wrapped_keys != self._wrapped_keys(header):
            raise Failed("other wrapped keys")

    def _seal_again(self, vector: Any, outer: Any) -> None:
        """Step 4 of the README: the writer, byte for byte."""
        expected = vector["expected"]
        header = expected["header"]
        sealed = self._writer.seal(
            self._form.bytes_from(expected["plaintext"]),
            self._form.bytes_from(expected["dataKey"]),
            self._form.bytes_from(header["salt"]),
            self._form.entries_from(vector.get("writer", {}).get("context", header["context"])),
            self._wrapped_keys(header),
        )
        if sealed.metadata != outer.metadata:
            raise Failed("written with other metadata")
        if sealed.data != outer.data:
            raise Failed("written with other bytes")

    def _encode_and_decode(self, inner: Any) -> None:
        """What this implementation encodes, it decodes."""
        keys = {key_id: self._local_key.LocalKey(key_id, key_id.encode("ascii") * 32) for key_id in "ab"}
        context = [("workflow-id", "w"), ("namespace", "n")]
        outer = self._writer.encode(inner, keys, ["a", "b"], context)
        for key_id in "ab":
            reader = self._form.Reader({key_id: keys[key_id]}, self._form.Binding("n", "w"))
            if reader.decode(outer) != inner:
                raise Failed("encoded and decoded to another payload")
        if len(self._payload.serialise_payload(inner)) > len(outer.data):
            raise Failed("encoded to fewer bytes than it has")

    def _wrapped_keys(self, header: Any) -> List[Any]:
        return [
            self._envelope.WrappedKey(key["keyId"], self._form.bytes_from(key["bytes"]))
            for key in header["wrappedKeys"]
        ]


def _is_readable(result: Any, expected: Any) -> bool:
    """Whether a payload may stand in the place of a redacted failure (README, `expected.readable`)."""
    if "readable" not in expected or result.metadata != {"encoding": b"json/plain"}:
        return False
    try:
        value = json.loads(result.data.decode("utf-8"))
    except ValueError:
        return False
    if expected["readable"] == "details":
        return isinstance(value, str)
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("message"), str) and value.get("stack_trace") == ""


def _asked(keys: Dict[str, Any]) -> int:
    return sum(key.asked for key in keys.values())


def main(arguments: List[str]) -> int:
    """Runs the vectors of a folder with waxseal_envelope."""
    folder = Path(arguments[0]) if arguments else DEFAULT_FOLDER
    vectors = load(folder)
    runner = Runner(importlib.import_module("waxseal_envelope"), round_trip=True)
    failures = list(runner.failures(vectors))
    for name, problem in failures:
        print(f"{name}: {problem}")
    counts: Dict[str, int] = {"valid": 0, "invalid": 0, "passed-on": 0}
    for _, vector in vectors:
        counts[kind_of(vector)] += 1
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    print(f"{len(vectors)} vectors ({kinds}): {len(vectors) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not vectors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
