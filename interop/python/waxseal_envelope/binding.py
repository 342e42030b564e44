"""What a reader knows, and the comparison with what an envelope is bound to (envelope.md §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, Iterable, Optional, Sequence

from .context import NAMESPACE, WORKFLOW_ID, Entry
from .errors import ContextMismatch
from .text import well_formed

#: `-YYYY-MM-DDThh:mm:ssZ`: digits 0 to 9 only, at the very end of the text. (`\\d` would take digits of other
#: scripts, `$` would let a line feed follow.)
_SCHEDULE_SUFFIX = re.compile(r"-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")


@dataclass(frozen=True)
class Binding:
    """
    The namespace and workflow that a reader decodes for. None and the empty text both mean: not known.

    `aliases` lists, for the current name of a namespace, its former names.
    """

    namespace: Optional[str] = None
    workflow_id: Optional[str] = None
    aliases: Dict[str, Sequence[str]] = field(default_factory=dict)


def check_binding(entries: Iterable[Entry], binding: Binding) -> None:
    """Raises ContextMismatch where the reader knows something that the context says otherwise."""
    for key, recorded in entries:
        if key == NAMESPACE and binding.namespace:
            if not _same_namespace(recorded, binding.namespace, binding.aliases):
                raise ContextMismatch("bound to another namespace")
        elif key == WORKFLOW_ID and binding.workflow_id:
            if not _same_workflow(recorded, binding.workflow_id):
                raise ContextMismatch("bound to another workflow")


def _same_namespace(recorded: str, own: str, aliases: Dict[str, Sequence[str]]) -> bool:
    """Equal, or recorded under a name that the reader lists as a former one of its own."""
    own = well_formed(own)
    if recorded == own:
        return True
    for current, former in aliases.items():
        if well_formed(current) == own and recorded in [well_formed(name) for name in former]:
            return True
    return False


def _same_workflow(recorded: str, own: str) -> bool:
    """Equal, or equal without the suffix of a schedule, of which each side may have one."""
    return without_schedule_suffix(recorded) == without_schedule_suffix(well_formed(own))


def without_schedule_suffix(workflow_id: str) -> str:
    """The workflow ID without the suffix that Temporal adds to that of a run which a schedule starts."""
    return _SCHEDULE_SUFFIX.sub("", workflow_id)
