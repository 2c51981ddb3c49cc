"""The table of settings, and the check of what is sent."""

from __future__ import annotations

from dataclasses import fields

import pytest

from services.errors import InvalidField
from services.languages import LANGUAGES
from services.personas import OWN, PERSONAS, compose_instructions
from services.settings import DEFAULTS, SECTIONS, TABLE, Settings, parse, restore, to_dict

EVERY = pytest.mark.parametrize("setting", TABLE.values(), ids=TABLE)


def test_every_field_has_its_row_and_every_row_its_field():
    listed = [setting.name for section in SECTIONS.values() for setting in section]

    assert sorted(listed) == sorted(field.name for field in fields(Settings))
    assert len(listed) == len(set(listed))


@EVERY
def test_every_setting_says_what_it_is_and_what_it_does(setting):
    assert setting.label[0].isupper() and not setting.label.endswith(".")
    assert setting.note.endswith(".")
    assert bool(setting.choices) == (setting.kind in ("choice", "language"))
    assert (setting.step > 0 and setting.low < setting.high) == (setting.kind == "number")
    assert (setting.high > 0) == (setting.kind in ("number", "text"))


@EVERY
def test_every_default_is_one_of_its_own_values(setting):
    assert setting.default == getattr(DEFAULTS, setting.name)
    assert setting.check(setting.default) == setting.default
    assert setting.check(None) == setting.default


def test_what_a_form_spells_is_read():
    form = {
        "mode": "text", "speed": "1.25", "vad_silence_ms": "650", "greeting": "on",
        "language": "", "voice_text": " amy ", "talk_key": "KeyT", "instructions": " Be kind.\n",
    }  # fmt: skip

    assert parse(form) == {
        "mode": "text", "speed": 1.25, "vad_silence_ms": 650, "greeting": True,
        "language": None, "voice_text": "amy", "talk_key": "KeyT", "instructions": "Be kind.",
    }  # fmt: skip


def test_whole_numbers_stay_whole():
    assert isinstance(parse({"vad_prefix_ms": "250"})["vad_prefix_ms"], int)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "telepathy"),
        ("mode", ["text"]),
        ("mode", 1),
        ("persona", ""),
        ("persona", "<script>"),
        ("language", "xx"),
        ("language", "EN"),
        ("greeting", "perhaps"),
        ("greeting", 1),
        ("greeting", []),
        ("speed", "fast"),
        ("speed", ""),
        ("speed", True),
        ("speed", [1.0]),
        ("speed", 0.49),
        ("speed", 1.51),
        ("speed", "nan"),
        ("speed", float("inf")),
        ("speed", "9" * 500),
        ("speed", 10**400),
        ("vad_threshold", -0.1),
        ("vad_silence_ms", 99),
        ("vad_prefix_ms", 1001),
        ("talk", "shout"),
        ("talk_key", ""),
        ("talk_key", "space"),
        ("talk_key", "Key T"),
        ("talk_key", "Escape"),
        ("talk_key", "K" * 33),
        ("talk_key", "Ä"),
        ("turn_detection", "none"),
        ("eagerness", "very"),
        ("echo", True),
        ("captions", "huge"),
        ("voice_native", "v" * 65),
        ("voice_text", "a\0b"),
        ("instructions", "x" * 4001),
        ("instructions", "\ud800"),
        ("instructions", "\x1b[2J"),
        ("instructions", {"a": 1}),
        ("volume", 1),
        ("__class__", "x"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(name, value):
    with pytest.raises(InvalidField) as refused:
        parse({"speed": 1, name: value})

    assert refused.value.field == name
    assert len(str(refused.value)) < 400


def test_stored_values_that_nobody_can_read_keep_their_default():
    stored = [("speed", 99), ("mode", "text"), ("gone", 1), ("persona", "pirate"), ("talk", None)]

    assert restore(stored) == Settings(mode="text")


def test_all_values_are_given_by_name():
    assert Settings(**to_dict(Settings(speed=1.2))) == Settings(speed=1.2)  # type: ignore[arg-type]


def test_the_first_persona_is_the_default_and_all_have_words():
    assert next(iter(PERSONAS)) == DEFAULTS.persona
    for name, persona in PERSONAS.items():
        assert persona.label and bool(persona.instructions) == (name != OWN)


def test_own_instructions_follow_the_personas_or_stand_alone():
    both = compose_instructions("teacher", " I am nine years old. ")

    assert both == PERSONAS["teacher"].instructions + " I am nine years old."
    assert compose_instructions(OWN, "Be a pirate.") == "Be a pirate."
    assert compose_instructions(OWN, "") == ""


def test_languages_are_codes_with_names():
    assert all(len(code) == 2 and code.islower() and name for code, name in LANGUAGES.items())
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
