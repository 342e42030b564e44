"""Answers requests to decode and encode, for differential tests with another implementation.

Reads JSON lines on stdin and answers JSON lines on stdout, in order, flushing each. README.md has the
requests. Bad input is answered with an `error` and never ends the process; no error holds a part of it.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Dict

from waxseal_envelope import EncodeError, EnvelopeError, encode
from waxseal_envelope.vector_form import entries_from, keys_from, payload_from, payload_to, reader_from


def decode_request(request: Dict[str, Any]) -> Dict[str, Any]:
    """{"keys", "reader", "outer"}: {"inner"}, or {"code", "keyServiceAsked"}."""
    keys = keys_from(request["keys"])
    reader = reader_from(request.get("reader", {}), keys)
    outer = payload_from(request["outer"])
    try:
        return {"inner": payload_to(reader.decode(outer))}
    except EnvelopeError as error:
        return {"code": error.code, "keyServiceAsked": any(key.asked for key in keys.values())}


def encode_request(request: Dict[str, Any]) -> Dict[str, Any]:
    """{"keys", "keyIds", "context", "inner"}: {"outer"}, with a fresh data key, salt and nonces."""
    outer = encode(
        payload_from(request["inner"]),
        keys_from(request["keys"]),
        request["keyIds"],
        entries_from(request.get("context", [])),
    )
    return {"outer": payload_to(outer)}


OPERATIONS = {"decode": decode_request, "encode": encode_request}


def answer(line: bytes) -> Dict[str, Any]:
    """The answer to one line, whatever it holds."""
    request_id = None
    try:
        request = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
        if not isinstance(request, dict):
            return {"id": None, "error": "a request is an object"}
        request_id = request.get("id")
        operation = OPERATIONS.get(str(request.get("op")))
        if operation is None:
            return {"id": request_id, "error": "an operation that is not known"}
        return {"id": request_id, **operation(request)}
    except EncodeError as error:
        return {"id": request_id, "error": str(error)}
    except Exception as error:
        # Bad input of any kind. The text of Python's own errors may hold a part of it.
        return {"id": request_id, "error": f"bad request ({type(error).__name__})"}


def _refuse_constant(_: str) -> None:
    raise ValueError("not JSON")


def main() -> int:
    """Answers until stdin ends, or nobody reads the answers any more."""
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            text = json.dumps(answer(line), ensure_ascii=True, allow_nan=False)
        except (ValueError, RecursionError):  # An `id` that cannot be given back, such as 1e999.
            text = json.dumps({"id": None, "error": "bad request (id)"})
        try:
            sys.stdout.buffer.write(text.encode("ascii") + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
