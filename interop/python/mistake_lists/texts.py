"""UTF-8, key IDs and the replacement of what is ill-formed (envelope.md §3.2, §3.3)."""

from __future__ import annotations

from typing import List

from . import Mistake

_DECODE = 'return data.decode("utf-8", "strict")'
_CONTROLS = '_CONTROL = re.compile("[\\u0000-\\u001f\\u007f-\\u009f]")'
_BOUNDS = "if not KEY_ID_MIN_BYTES <= len(data) <= KEY_ID_MAX_BYTES:"
_KEY_ID_TEXT = "    text = decode_utf8(data)\n"
_NAME_TEXT = "    text = decode_utf8(name)\n"
_VALUE_TEXT = "        value = decode_utf8(value_bytes)\n"
_REPLACE = 'return _SURROGATE.sub("\\ufffd", joined)'
_BOM = 'b"\\xef\\xbb\\xbf"'
_NONCHARACTER = '"[\\ufdd0-\\ufdef\\ufffe\\uffff\\U0010ffff]"'


def _text(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("text.py", text, replacement, description)


def _controls(pattern: str, description: str) -> Mistake:
    return _text(_CONTROLS, f'_CONTROL = re.compile("{pattern}")', description)


def _key_id(condition: str, description: str) -> Mistake:
    return _text(
        "if text is None or _CONTROL.search(text):", f"if text is None or {condition}:", f"key ID: {description}"
    )


def _name(after: str, description: str) -> Mistake:
    return Mistake("payload.py", _NAME_TEXT, _NAME_TEXT + after, f"metadata name: {description}")


def _value(after: str, description: str) -> Mistake:
    return Mistake("context.py", _VALUE_TEXT, _VALUE_TEXT + after, f"context value: {description}")


def _refuse(pattern: str, what: str) -> str:
    return f'if {what} is not None and __import__("re").search({pattern}, {what}):\n{{indent}}{what} = None\n'


_REFUSE_IN_NAME = "    " + _refuse("{pattern}", "text").replace("{indent}", "        ")
_REFUSE_IN_VALUE = "        " + _refuse("{pattern}", "value").replace("{indent}", "            ")

MISTAKES: List[Mistake] = [
    # UTF-8 as a whole.
    _text(_DECODE, 'return data.decode("utf-8-sig", "strict")', "a byte order mark is dropped everywhere"),
    _text(_DECODE, 'return data.decode("utf-8", "surrogatepass")', "surrogates are accepted in UTF-8"),
    _text(_DECODE, 'return data.decode("utf-8", "replace")', "what is not UTF-8 is replaced"),
    _text(_DECODE, 'return data.decode("utf-8", "ignore")', "what is not UTF-8 is left out"),
    _text(_DECODE, 'return data.decode("latin-1", "strict")', "text is Latin-1"),
    _text(
        _DECODE,
        'return data.replace(b"\\xc0\\xaf", b"/").decode("utf-8", "strict")',
        "an overlong form is accepted in UTF-8",
    ),
    _text(
        _DECODE,
        'return __import__("codecs").getincrementaldecoder("utf-8")("strict").decode(data)',
        "UTF-8 that is cut at its end is accepted",
    ),
    # Key IDs.
    _text("KEY_ID_MAX_BYTES = 1024", "KEY_ID_MAX_BYTES = 1025", "a key ID of 1,025 bytes is accepted"),
    _text("KEY_ID_MAX_BYTES = 1024", "KEY_ID_MAX_BYTES = 1023", "a key ID of 1,024 bytes is refused"),
    _text("KEY_ID_MAX_BYTES = 1024", "KEY_ID_MAX_BYTES = 255", "a key ID of 1,024 bytes is refused, as of 256"),
    _text("KEY_ID_MIN_BYTES = 1", "KEY_ID_MIN_BYTES = 0", "an empty key ID is accepted"),
    _text("KEY_ID_MIN_BYTES = 1", "KEY_ID_MIN_BYTES = 2", "a key ID of one byte is refused"),
    _text(
        _BOUNDS,
        'if not KEY_ID_MIN_BYTES <= len(data.decode("utf-8", "replace")) <= KEY_ID_MAX_BYTES:',
        "key IDs are measured in characters",
    ),
    _text(_BOUNDS, "if not data:", "key IDs in the metadata have no upper limit"),
    _controls("[\\u0000-\\u001f\\u007f]", "key ID: U+0080 to U+009F is accepted"),
    _controls("[\\u0000-\\u001f\\u0080-\\u009f]", "key ID: U+007F is accepted"),
    _controls("[\\u0001-\\u001f\\u007f-\\u009f]", "key ID: U+0000 is accepted"),
    _controls("[\\u0000-\\u001e\\u007f-\\u009f]", "key ID: U+001F is accepted"),
    _controls("[\\u0000-\\u0020\\u007f-\\u009f]", "key ID: U+0020 is refused"),
    _controls("[\\u0000-\\u001f\\u007e-\\u009f]", "key ID: U+007E is refused"),
    _controls("[\\u0000-\\u001f\\u007f-\\u009e]", "key ID: U+009F is accepted"),
    _controls("[\\u0000-\\u001f\\u007f-\\u00a0]", "key ID: U+00A0 is refused"),
    _controls("[\\u0000\\u007f-\\u009f]", "key ID: of U+0000 to U+001F only the first is refused"),
    _controls("[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]", "key ID: U+2028 is refused"),
    _controls("[\\u0000-\\u001f\\u007f-\\u009f\\ufeff]", "key ID: U+FEFF is refused"),
    _controls("[\\u0000-\\u001f\\u007f-\\u009f\\ufffe\\uffff]", "key ID: U+FFFE and U+FFFF are refused"),
    _controls("[\\u0000-\\u001f\\u007f-\\u009f\\U00010000-\\U0010ffff]", "key ID: four bytes of UTF-8 are refused"),
    _key_id("_CONTROL.match(text)", "a control is only looked for at the beginning"),
    _key_id("_CONTROL.search(text.strip())", "a control at either end is accepted"),
    _key_id('_CONTROL.search(text.rstrip("\\n"))', "a line feed at the end is accepted"),
    _key_id("not text.isprintable()", "what Python does not print is refused"),
    _key_id("_CONTROL.search(text) or text != text.strip()", "space at either end is refused"),
    _key_id("_CONTROL.search(text) or not text.isascii()", "what is not ASCII is refused"),
    _text(
        _KEY_ID_TEXT,
        f"    text = decode_utf8(data.removeprefix({_BOM}))\n",
        "key ID: a byte order mark is dropped",
    ),
    # Metadata names of the inner payload.
    Mistake(
        "payload.py",
        _NAME_TEXT,
        f"    text = decode_utf8(name.removeprefix({_BOM}))\n",
        "metadata name: a byte order mark is dropped",
    ),
    _name('    text = text.split("\\0")[0] if text else text\n', "it ends at a NUL"),
    _name('    text = text.replace("\\0", "") if text else text\n', "NUL is dropped"),
    _name("    text = text.strip() if text else text\n", "space around it is dropped"),
    _name("    text = text.lower() if text else text\n", "it is made lower case"),
    _name("    text = text or None\n", "the empty one is refused"),
    _name(_REFUSE_IN_NAME.replace("{pattern}", '"\\0"'), "NUL is refused"),
    _name(_REFUSE_IN_NAME.replace("{pattern}", '"[\\x01-\\x1f]"'), "controls are refused"),
    _name(_REFUSE_IN_NAME.replace("{pattern}", '"\\ufeff"'), "U+FEFF is refused"),
    _name(_REFUSE_IN_NAME.replace("{pattern}", _NONCHARACTER), "noncharacters are refused"),
    _name('    text = "".join(filter(str.isprintable, text)) if text else text\n', "what does not print is dropped"),
    # Values of the context.
    Mistake(
        "context.py",
        _VALUE_TEXT,
        f"        value = decode_utf8(value_bytes.removeprefix({_BOM}))\n",
        "context value: a byte order mark is dropped",
    ),
    _value('        value = value.split("\\0")[0] if value else value\n', "it ends at a NUL"),
    _value("        value = value.strip() if value else value\n", "space around it is dropped"),
    _value("        value = value or None\n", "the empty one is refused"),
    _value(_REFUSE_IN_VALUE.replace("{pattern}", '"\\0"'), "NUL is refused"),
    _value(_REFUSE_IN_VALUE.replace("{pattern}", '"[\\x01-\\x1f]"'), "controls are refused"),
    _value(_REFUSE_IN_VALUE.replace("{pattern}", '"\\ufeff"'), "U+FEFF is refused"),
    _value(_REFUSE_IN_VALUE.replace("{pattern}", _NONCHARACTER), "noncharacters are refused"),
    # Lone surrogates, at the reader.
    _text(_REPLACE, 'return _SURROGATE.sub("?", joined)', "a lone surrogate is replaced by a question mark"),
    _text(_REPLACE, 'return _SURROGATE.sub("", joined)', "a lone surrogate is dropped"),
    _text('re.compile("[\\ud800-\\udfff]")', 're.compile("[\\ud800-\\udfff]+")', "two of them are replaced by one"),
    _text('re.compile("[\\ud800-\\udfff]")', 're.compile("[\\ud800-\\udbff]")', "low ones are not replaced"),
    _text('re.compile("[\\ud800-\\udfff]")', 're.compile("[\\udc00-\\udfff]")', "high ones are not replaced"),
    Mistake("binding.py", "own = well_formed(own)", "pass", "a namespace's lone surrogates are not replaced"),
    Mistake(
        "binding.py",
        "if well_formed(current) == own",
        "if current == own",
        "lone surrogates of a namespace with aliases are not replaced",
    ),
    Mistake(
        "binding.py",
        "[well_formed(name) for name in former]",
        "list(former)",
        "lone surrogates of a former name are not replaced",
    ),
    Mistake(
        "binding.py",
        "without_schedule_suffix(well_formed(own))",
        "without_schedule_suffix(own)",
        "a workflow ID's lone surrogates are not replaced",
    ),
    Mistake(
        "context.py",
        "value_bytes = well_formed_utf8(value)",
        'value_bytes = value.encode("utf-8", "replace")',
        "a writer writes a question mark for a lone surrogate",
    ),
]
