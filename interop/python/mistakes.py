"""Proves that the vectors notice mistakes: seeds each of mistake_lists/ into a copy of waxseal_envelope.

    python3 mistakes.py [folder of vectors]

Every mistake is made alone, in a copy that is imported under a name of its own, and the vectors are run
against it until one fails. A mistake that no vector notices has SURVIVED. Exit code 1 where one did that
EQUIVALENT does not name, and where a mistake is not one: its text does not stand in the file exactly once, or
what it makes of the copy does not run.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from mistake_lists import Mistake, bindings, header, opening, outer_payload, payload_message, suites, texts
from run_vectors import DEFAULT_FOLDER, Runner, load

PACKAGE = Path(__file__).resolve().parent / "waxseal_envelope"

LISTS = (outer_payload, payload_message, texts, header, bindings, opening, suites)

#: Mistakes that change nothing which anybody could see, with the reason. Nothing else belongs here.
EQUIVALENT: Dict[str, str] = {
    "a context key of 0 bytes passes the check of its length": "the pattern of keys refuses the empty one",
    "the last key is asked first": "key services may be asked in any order (envelope.md §6, step 4)",
}

#: What a copy raises that does not make sense as Python, rather than as a decoder.
NONSENSE = ("NameError", "UnboundLocalError", "AttributeError", "TypeError", "ImportError")


class Broken(Exception):
    """A mistake that was not seeded, or that makes no sense as Python."""


def seed(mistake: Mistake, folder: Path) -> None:
    """Copies the package and makes the mistake in it."""
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / mistake.file
    source = path.read_text(encoding="utf-8")
    count = source.count(mistake.text)
    if count != 1:
        raise Broken(f"its text is in {mistake.file} {count} times")
    if mistake.text == mistake.replacement:
        raise Broken("it changes nothing")
    path.write_text(source.replace(mistake.text, mistake.replacement), encoding="utf-8")


def first_failure(name: str, vectors: List[Tuple[str, Any]]) -> Optional[str]:
    """
    The first vector that the package of this name fails, and how; None where it passes them all.

    How a payload is serialised is up to an encoder, so no vector can tell. Where all pass, the runner's own
    round trip is asked.
    """
    for round_trip in (False, True):
        try:
            runner = Runner(importlib.import_module(name), round_trip)
        except Exception as error:
            raise Broken(f"importing it raises {type(error).__name__}")
        failure = next(runner.failures(vectors), None)
        if failure is not None:
            if failure[1].replace("raised ", "") in NONSENSE:
                raise Broken(f"{failure[0]} {failure[1]}")
            return f"{'the round trip of ' if round_trip else ''}{failure[0]}: {failure[1]}"
    return None


def forget(name: str) -> None:
    """Drops the modules of a copy."""
    for module in [module for module in sys.modules if module == name or module.startswith(name + ".")]:
        del sys.modules[module]


def run(mistakes: List[Mistake], vectors: List[Tuple[str, Any]]) -> int:
    """Seeds one after another and prints what became of each. Returns how many went wrong."""
    wrong = caught = equivalent = 0
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        for number, mistake in enumerate(mistakes):
            name = f"mistake_{number:03d}"
            outcome = "SURVIVED"
            try:
                seed(mistake, Path(folder) / name)
                importlib.invalidate_caches()
                failure = first_failure(name, vectors)
                if failure is not None:
                    outcome = f"caught by {failure}"
                    caught += 1
                elif mistake.description in EQUIVALENT:
                    outcome = f"equivalent: {EQUIVALENT[mistake.description]}"
                    equivalent += 1
                else:
                    wrong += 1
            except Broken as broken:
                outcome = f"BROKEN: {broken}"
                wrong += 1
            finally:
                forget(name)
                shutil.rmtree(Path(folder) / name, ignore_errors=True)
            print(f"{number:03d} {mistake.file}: {mistake.description}: {outcome}")
        sys.path.remove(folder)
    print(f"{len(mistakes)} mistakes: {caught} caught, {equivalent} equivalent, {wrong} survived or broken")
    return wrong


def main(arguments: List[str]) -> int:
    """Runs all lists against the vectors of a folder."""
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    vectors = load(Path(arguments[0]) if arguments else DEFAULT_FOLDER)
    runner = Runner(importlib.import_module("waxseal_envelope"), round_trip=True)
    if not vectors or any(runner.failures(vectors)):
        print("the vectors do not pass without any mistake: see run_vectors.py")
        return 1
    mistakes = [mistake for module in LISTS for mistake in module.MISTAKES]
    descriptions = {mistake.description for mistake in mistakes}
    if len(descriptions) < len(mistakes) or not set(EQUIVALENT) <= descriptions:
        print("a description stands twice, or EQUIVALENT names a mistake that is in no list")
        return 1
    return 1 if run(mistakes, vectors) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
