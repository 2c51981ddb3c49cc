"""Whether a key opens a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.calls.keys import check_key, hash_key, safety_identifier
from services.errors import KeyRefused

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Call:
    key_hash: str | None
    key_expires_at: datetime | None = NOW + timedelta(seconds=60)


def test_the_right_key_opens_the_call():
    check_key(Call(hash_key("ek_right")), "ek_right", NOW)
    check_key(Call(None, None), None, NOW)


@pytest.mark.parametrize("key", [None, "", "ek_wrong", "\udcff"])
def test_any_other_key_does_not(key):
    with pytest.raises(KeyRefused):
        check_key(Call(hash_key("ek_right")), key, NOW)


def test_a_key_ends_at_its_second():
    call = Call(hash_key("ek_right"))

    check_key(call, "ek_right", NOW + timedelta(seconds=59))
    with pytest.raises(KeyRefused, match="expired"):
        check_key(call, "ek_right", NOW + timedelta(seconds=60))


def test_a_provider_is_told_the_same_name_for_the_same_person():
    assert safety_identifier("ada") == safety_identifier("ada") != safety_identifier("ben")
    assert "ada" not in safety_identifier("ada")
    assert len(safety_identifier("ada")) == 64
