"""Bad events on the data channel: a clear error, the call goes on, and so do the others."""

from __future__ import annotations

BAD_EVENTS = [
    "{",
    "[]",
    "5",
    '"text"',
    "{}",
    '{"type": 5}',
    '{"type": "no.such.event", "event_id": "mine"}',
    '{"type": "session.update"}',
    '{"type": "session.update", "session": {"type": "realtime", "output_modalities": "audio"}}',
    '{"type": "conversation.item.create", "item": {"type": "message", "role": "wizard"}}',
    '{"type": "conversation.item.delete", "item_id": "nothing"}',
    '{"type": "conversation.item.truncate", "item_id": "nothing", "content_index": 0, '
    '"audio_end_ms": -5}',
    '{"type": "response.create", "response": {"max_output_tokens": "many"}}',
    '{"type": "input_audio_buffer.append", "audio": "%%%"}',
]


def test_bad_events_are_answered_and_the_call_goes_on(silent_browser, scripted_app, open_page):
    neighbour = open_page(silent_browser, scripted_app).open().connect()
    # On a slow machine the relay may win the race, and there is no channel behind it.
    page = open_page(silent_browser, scripted_app).prefer(transport="webrtc").open()
    page.page.evaluate(
        """() => {
            const make = RTCPeerConnection.prototype.createDataChannel;
            RTCPeerConnection.prototype.createDataChannel = function (...settings) {
                window.channel = make.apply(this, settings);
                window.answers = [];
                window.channel.addEventListener("message", ({ data }) => {
                    const event = JSON.parse(data);
                    if (event.type === "error") window.answers.push(event);
                });
                return window.channel;
            };
        }"""
    )
    page.connect()

    answers = page.page.evaluate(
        """async (events) => {
            for (const event of events) {
                const had = window.answers.length;
                window.channel.send(event);
                const until = performance.now() + 5000;
                while (window.answers.length === had && performance.now() < until) {
                    await new Promise((resolve) => setTimeout(resolve, 5));
                }
            }
            const huge = "x".repeat(200000);
            window.channel.send(JSON.stringify({ type: "session.update", huge }));
            return window.answers;
        }""",
        BAD_EVENTS,
    )

    assert len(answers) >= len(BAD_EVENTS), [answer["error"]["message"] for answer in answers]
    assert all(answer["error"]["message"] and answer["error"]["type"] for answer in answers)
    assert any(answer["error"].get("event_id") == "mine" for answer in answers)
    page.type("Are you still there?")
    page.replied(1)
    neighbour.type("And you?")
    neighbour.replied(1)
