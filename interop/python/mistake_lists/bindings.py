"""The comparison with what a reader knows (envelope.md §7)."""

from __future__ import annotations

from typing import List

from . import Mistake

_SUFFIX = 'r"-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z"'
_SUB = 'return _SCHEDULE_SUFFIX.sub("", workflow_id)'
_WORKFLOW = "return without_schedule_suffix(recorded) == without_schedule_suffix(well_formed(own))"
_EQUAL = "    if recorded == own:\n        return True\n"
_ALIAS = "if well_formed(current) == own and recorded in [well_formed(name) for name in former]:"
_NAMESPACE_KNOWN = "if key == NAMESPACE and binding.namespace:"
_WORKFLOW_KNOWN = "elif key == WORKFLOW_ID and binding.workflow_id:"
_ENTRIES = "    for key, recorded in entries:\n"


def _m(text: str, replacement: str, description: str) -> Mistake:
    return Mistake("binding.py", text, replacement, description)


def _suffix(pattern: str, description: str) -> Mistake:
    return _m(_SUFFIX, f'r"{pattern}"', f"suffix: {description}")


def _equal(condition: str, description: str) -> Mistake:
    return _m(_EQUAL, _EQUAL.replace("recorded == own", condition), f"namespace: {description}")


def _workflow(condition: str, description: str) -> Mistake:
    return _m(_WORKFLOW, f"return {condition}", f"workflow: {description}")


_NFC = '__import__("unicodedata").normalize("NFC", {})'

MISTAKES: List[Mistake] = [
    # What is compared at all.
    _m(_NAMESPACE_KNOWN, "if False:", "the namespace is not compared"),
    _m(_WORKFLOW_KNOWN, "elif False:", "the workflow is not compared"),
    _m(
        _NAMESPACE_KNOWN,
        "if key == NAMESPACE and binding.namespace is not None:",
        "an empty namespace of the reader is compared",
    ),
    _m(
        _WORKFLOW_KNOWN,
        "elif key == WORKFLOW_ID and binding.workflow_id is not None:",
        "an empty workflow ID of the reader is compared",
    ),
    _m(
        _NAMESPACE_KNOWN,
        "if key == NAMESPACE and binding.namespace and recorded:",
        "an empty namespace that is recorded is not compared",
    ),
    _m(
        _WORKFLOW_KNOWN,
        "elif key == WORKFLOW_ID and binding.workflow_id and recorded:",
        "an empty workflow ID that is recorded is not compared",
    ),
    _m(
        _WORKFLOW_KNOWN,
        "elif key == WORKFLOW_ID and binding.workflow_id and binding.namespace:",
        "the workflow is compared only where the namespace is known",
    ),
    _m(_ENTRIES, "    for key, recorded in list(entries)[:1]:\n", "only the first entry is compared"),
    _m(_ENTRIES, "    for key, recorded in list(entries)[-1:]:\n", "only the last entry is compared"),
    _m(
        _ENTRIES,
        "    if binding.namespace and NAMESPACE not in dict(entries):\n"
        '        raise ContextMismatch("bound to no namespace")\n' + _ENTRIES,
        "an envelope that is bound to no namespace is refused",
    ),
    _m(
        _ENTRIES,
        "    if binding.workflow_id and WORKFLOW_ID not in dict(entries):\n"
        '        raise ContextMismatch("bound to no workflow")\n' + _ENTRIES,
        "an envelope that is bound to no workflow is refused",
    ),
    _m(
        _ENTRIES,
        "    if not binding.namespace and NAMESPACE in dict(entries):\n"
        '        raise ContextMismatch("bound")\n' + _ENTRIES,
        "an envelope that is bound is refused by a reader that knows no namespace",
    ),
    _m(
        _ENTRIES,
        "    if not binding.workflow_id and WORKFLOW_ID in dict(entries):\n"
        '        raise ContextMismatch("bound")\n' + _ENTRIES,
        "an envelope that is bound to a workflow is refused by a reader that knows none",
    ),
    # Namespaces.
    _equal("recorded.casefold() == own.casefold()", "compared without case"),
    _equal(f"{_NFC.format('recorded')} == {_NFC.format('own')}", "compared after normalisation"),
    _equal("recorded.strip() == own.strip()", "compared without space around it"),
    _equal("recorded.strip('\\ufeff') == own.strip('\\ufeff')", "compared without U+FEFF around it"),
    _equal("recorded.split('\\0')[0] == own.split('\\0')[0]", "compared up to a NUL"),
    _equal("own.startswith(recorded)", "the beginning is enough"),
    _equal("recorded.startswith(own)", "what begins with the reader's is enough"),
    _equal("without_schedule_suffix(recorded) == without_schedule_suffix(own)", "the suffix is removed of it"),
    _equal("recorded == own and own not in aliases", "one with former names has its present name no more"),
    # Aliases.
    _m(_ALIAS, "if False:", "aliases are not looked at"),
    _m(_ALIAS, "if recorded in [well_formed(name) for name in former]:", "aliases of every namespace count"),
    _m(_ALIAS, "if current == own and recorded in former or current == recorded and own in former:", "both ways"),
    _m(_ALIAS, "if current == recorded and own in former:", "aliases are read the other way round"),
    _m(_ALIAS, "if current == own and recorded in former[:1]:", "only the first alias counts"),
    _m(_ALIAS, "if current == own and recorded in former[-1:]:", "only the last alias counts"),
    _m(
        _ALIAS,
        "if current == own and recorded.casefold() in [name.casefold() for name in former]:",
        "former names are compared without case",
    ),
    _m(
        _ALIAS,
        "if current.casefold() == own.casefold() and recorded in former:",
        "the name that has aliases is compared without case",
    ),
    _m(
        _ALIAS,
        f"if current == own and {_NFC.format('recorded')} in [{_NFC.format('name')} for name in former]:",
        "former names are compared after normalisation",
    ),
    _m(
        _ALIAS,
        "if current == own and (recorded in former or"
        " any(_same_namespace(recorded, name, aliases) for name in former)):",
        "former names of a former name count",
    ),
    _m(
        _ALIAS,
        "if current == own and any(name.startswith(recorded) for name in former):",
        "the beginning of a former name counts",
    ),
    _m(
        _ALIAS,
        "if current == own and any(recorded in other for other in aliases.values()):",
        "a namespace with aliases has those of others too",
    ),
    _m(_ALIAS, "if current == own and former:", "a namespace with aliases accepts every other"),
    # The suffix of a schedule.
    _suffix("-\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z\\Z", "\\d takes the digits of every script"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", "$ lets a line feed follow"),
    _suffix("(?i)-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "t and z are accepted"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "a small t is asked for"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "a space for T is accepted"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "anything for T is accepted"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?\\Z", "the Z may be missing"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+]00:00)\\Z", "+00:00 is accepted"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z\\Z", "fractions are accepted"),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", "it may stand anywhere"),
    _suffix("-?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "the first hyphen may be missing"),
    _suffix("-[0-9]{4,5}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "a year of five digits is accepted"),
    _suffix("-[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "a month of one digit is accepted"),
    _suffix(
        "-[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z",
        "months and days must exist",
    ),
    _suffix("-[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\\Z", "hours must exist"),
    _suffix("-[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "years must be of our time"),
    _suffix("(-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)+\\Z", "it is removed as often as it stands"),
    _suffix("(?<=.)-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z", "something must stand before it"),
    _suffix(
        "(?<!Z)-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\Z",
        "one after another is not removed",
    ),
    _m(_SUB, "return workflow_id[:-21] if workflow_id[-1:] == 'Z' else workflow_id", "suffix: only its Z is looked at"),
    _m(_SUB, "return workflow_id", "suffix: it is not removed"),
    _workflow("recorded == without_schedule_suffix(well_formed(own))", "the suffix is removed at the reader only"),
    _workflow("without_schedule_suffix(recorded) == well_formed(own)", "the suffix is removed as recorded only"),
    _workflow(
        "recorded in (own, without_schedule_suffix(own)) or without_schedule_suffix(recorded) == own",
        "the suffix is removed of one of the two only",
    ),
    _workflow(
        "recorded == own or recorded + own[-21:] == own and own[-1:] == 'Z'",
        "anything of the suffix's length is removed",
    ),
    _workflow("own.startswith(without_schedule_suffix(recorded))", "the beginning is enough"),
    _workflow(
        "without_schedule_suffix(recorded).startswith(without_schedule_suffix(own))",
        "what begins with the reader's is enough",
    ),
    _workflow(
        "without_schedule_suffix(recorded).casefold() == without_schedule_suffix(own).casefold()",
        "compared without case",
    ),
    _workflow(
        _NFC.format("without_schedule_suffix(recorded)") + " == " + _NFC.format("without_schedule_suffix(own)"),
        "compared after normalisation",
    ),
    _workflow(
        "without_schedule_suffix(recorded).strip() == without_schedule_suffix(own).strip()",
        "compared without space around it",
    ),
    _workflow(
        "without_schedule_suffix(recorded).split('\\0')[0] == without_schedule_suffix(own).split('\\0')[0]",
        "compared up to a NUL",
    ),
    _workflow("recorded == own or recorded.split('-2')[0] == own.split('-2')[0]", "cut where a year may begin"),
]
