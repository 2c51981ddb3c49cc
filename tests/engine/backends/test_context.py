from __future__ import annotations

from services.engine.backends.context import fit
from services.engine.stages import Message

INSTRUCTIONS = Message("system", "Be kind.")


def conversation(turns: int) -> tuple[Message, ...]:
    spoken = []
    for number in range(turns):
        spoken.append(Message("user", f"Question {number}: what do you think of it, and why?"))
        spoken.append(Message("assistant", f"Answer {number}: I like it very much indeed."))
    return (INSTRUCTIONS, *spoken, Message("user", "And now?"))


def size(messages: tuple[Message, ...]) -> int:
    return sum(len(message.text) for message in messages)


def test_a_short_conversation_stays_whole():
    messages = conversation(3)

    assert fit(messages, 2000) == messages


def test_a_long_one_keeps_the_instructions_and_the_newest_turns():
    messages = conversation(100)

    fitted = fit(messages, 500)

    assert fitted[0] == INSTRUCTIONS
    assert fitted[-3:] == messages[-3:]
    assert fitted[1].role == "user"
    assert size(fitted) < 500 * 4


def test_the_beginning_stays_the_same_over_several_turns():
    second = [fit(conversation(turns), 500)[1] for turns in range(40, 60)]

    changes = sum(before != after for before, after in zip(second, second[1:], strict=False))
    assert changes <= 5  # of 19


def test_a_turn_that_is_too_long_alone_is_shortened():
    fitted = fit((INSTRUCTIONS, Message("user", "word " * 5000 + "the end")), 500)

    assert fitted[-1].text.endswith("the end")
    assert size(fitted) < 500 * 3


def test_instructions_that_are_too_long_leave_room_for_the_turn():
    fitted = fit((Message("system", "Be kind. " * 2000), Message("user", "Hello.")), 500)

    assert fitted[-1].text == "Hello."
    assert size(fitted) < 500 * 3
    assert fitted[0].text.startswith("Be kind.")


def test_nothing_at_all_is_nothing():
    assert fit((), 500) == ()
