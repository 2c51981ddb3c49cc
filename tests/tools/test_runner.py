"""Running tools: one output, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from services.errors import StorageUnavailable, ToolFailed
from services.tools.base import Caller, Tool
from services.tools.runner import AT_ONCE, OUTPUT_BYTES, ToolRunner

ADA = Caller("ada")


@pytest.fixture
def hang() -> Iterator[Callable[..., object]]:
    """Hangs until the test is over."""
    over = threading.Event()
    yield lambda *_: over.wait(30)
    over.set()


def tool(run: Callable[..., object]) -> Tool:
    return Tool("probe", "Probe", "Probes.", {"type": "object"}, run)


def run(work: Callable[..., object], arguments: object = None, **limits: float):
    return ToolRunner(**limits).run(tool(work), {} if arguments is None else arguments, ADA)


def test_text_passes_as_it_is_and_anything_else_as_json():
    assert run(lambda *_: "fine").output == "fine"
    assert run(lambda *_: {"a": ["ä", 1]}).output == '{"a": ["ä", 1]}'
    assert run(lambda *_: "").output == "It is done; there is no output."


def test_a_tool_is_given_its_arguments_and_who_asks():
    outcome = run(lambda arguments, caller: [arguments, caller.user_id], '{"city": "Bern"}')

    assert outcome.output == '[{"city": "Bern"}, "ada"]'


@pytest.mark.parametrize("arguments", ["{", "[1]", "nonsense", "[" * 100_000, 7])
def test_arguments_that_are_none_are_told_to_the_model(arguments):
    outcome = run(lambda *_: "never", arguments)

    assert outcome.failed
    assert outcome.output.startswith("That did not work. The arguments")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ToolFailed("There is no such place."), "There is no such place."),
        (StorageUnavailable("The database cannot be reached now."), "The database"),
        (RuntimeError("secret details"), "Something unexpected"),
        (SystemExit(1), "took longer"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failure_is_an_output(error, said):
    def fail(*_):
        raise error

    # A thread that ends without a word is waited for until the time is over.
    outcome = run(fail, seconds=0.2 if isinstance(error, SystemExit) else 10)

    assert outcome.failed
    assert outcome.output.startswith("That did not work.")
    assert said in outcome.output
    assert "secret" not in outcome.output


def test_a_tool_that_hangs_is_given_up(hang):
    outcome = run(hang, seconds=0.05)

    assert outcome.failed
    assert "took longer than 0.05 seconds" in outcome.output


def test_tools_that_hang_do_not_pile_up_for_ever(hang):
    runner = ToolRunner(seconds=0.01)
    for _ in range(AT_ONCE):
        runner.run(tool(hang), {}, ADA)

    assert "Too many tools" in runner.run(tool(lambda *_: "fine"), {}, ADA).output


@pytest.mark.parametrize("letter", ["a", "ä", "😀"])
def test_a_megabyte_is_cut_at_a_whole_character_and_says_so(letter):
    outcome = run(lambda *_: letter * 1_000_000)

    assert not outcome.failed
    assert len(outcome.output.encode()) <= OUTPUT_BYTES
    assert f"the beginning of {1_000_000 * len(letter.encode())} bytes" in outcome.output
    assert set(outcome.output.partition(" ")[0]) == {letter}
