"""Mistakes that somebody could make in an implementation, one list for each part of the specification."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A text of a module of waxseal_envelope that stands there once, and what is to stand in its place."""

    file: str
    text: str
    replacement: str
    description: str
