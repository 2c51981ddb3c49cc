"""What waits for a slow browser."""

from __future__ import annotations

import threading

from services.calls.outbox import SOUND_LIMIT, TEXT_LIMIT, TOO_SLOW, Goodbye, Outbox

SECOND = "s" * 64_000
BYE = Goodbye(1000, "")


def all_of(outbox: Outbox) -> list[str]:
    events = []
    while isinstance(event := outbox.take(0), str):
        events.append(event)
    return events


def test_events_come_out_in_their_order():
    outbox = Outbox()
    for number in range(4):
        outbox.put(f"{number}", is_sound=number % 2 == 0)

    assert all_of(outbox) == ["0", "1", "2", "3"]
    assert outbox.take(0) is None


def test_the_oldest_sound_makes_room_and_text_stays():
    outbox = Outbox()
    fitting = SOUND_LIMIT // len(SECOND)
    outbox.put("first words")
    for number in range(2 * fitting):
        outbox.put(f"{number:04}" + SECOND[4:], is_sound=True)
        outbox.put(f"word {number}")

    events = all_of(outbox)

    sounds = [int(event[:4]) for event in events if len(event) == len(SECOND)]
    assert sounds == list(range(fitting, 2 * fitting))
    assert [event for event in events if len(event) < 100] == [
        "first words",
        *(f"word {number}" for number in range(2 * fitting)),
    ]
    assert outbox.dropped == fitting


def test_too_much_text_ends_it_at_once():
    outbox = Outbox()
    for _ in range(3):
        outbox.put("t" * TEXT_LIMIT)

    assert outbox.is_over
    assert outbox.take(0) == TOO_SLOW


def test_one_event_of_any_length_passes():
    outbox = Outbox()
    outbox.put("t" * 15 * TEXT_LIMIT)

    assert len(all_of(outbox)) == 1
    outbox.put("more")
    assert all_of(outbox) == ["more"]


def test_what_waits_is_said_before_the_goodbye():
    outbox = Outbox()
    outbox.put("one")
    outbox.end(BYE, "two")
    outbox.end(Goodbye(1011, "too late"), "three")
    outbox.put("four")

    assert all_of(outbox) == ["one", "two"]
    assert outbox.take(0) == BYE


def test_an_end_at_once_forgets_what_waits():
    outbox = Outbox()
    outbox.put("one", is_sound=True)
    outbox.end(BYE, "two")
    outbox.end(Goodbye(1012, "restart"), at_once=True)

    assert outbox.take(0) == BYE


def test_who_waits_is_woken():
    outbox = Outbox()
    taken = []
    thread = threading.Thread(target=lambda: taken.append(outbox.take(10)))
    thread.start()
    outbox.put("here")
    thread.join(5)

    assert taken == ["here"]
