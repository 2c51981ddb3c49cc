"""`python -m services.check`, as `make check-provider` runs it, in front of each kind of house."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_ins import plans
from tests.stand_ins.azure import DEPLOYMENT, StandInAzure
from tests.stand_ins.cloud import Cloud
from tests.stand_ins.engine_child import EngineChild
from tests.stand_ins.openai import StandInOpenAI

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineChild]:
    log = tmp_path_factory.mktemp("engine") / "engine.log"
    with EngineChild(ROOT / "tests/data/check.toml", log) as running:
        yield running


@pytest.fixture(params=["openai", "azure"])
def house(request: pytest.FixtureRequest, engine: EngineChild) -> Iterator[Cloud]:
    make = {"openai": StandInOpenAI, "azure": StandInAzure}[request.param]
    with make(engine) as running:
        yield running


def environment_for(house: Cloud) -> dict[str, str]:
    """What an operator sets to use a house."""
    if isinstance(house, StandInOpenAI):
        return {
            "OPENAI_API_KEY": house.server_key,
            "OPENAI_REALTIME_BASE_URL": house.base_url,
        }
    assert isinstance(house, StandInAzure)
    return {
        "AZURE_OPENAI_ENDPOINT": house.url,
        "AZURE_OPENAI_API_KEY": house.server_key,
        "AZURE_OPENAI_DEPLOYMENT_NAME": DEPLOYMENT,
        "TRANSCRIPTION_MODEL": house.transcribers[0],
    }


def run_check(house: Cloud, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.check"],
        cwd=ROOT,
        env=os.environ | environment_for(house) | more,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_all_is_well_in_front_of_each_house(house):
    done = run_check(house)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" ok ") >= 4 and "FAILED" not in done.stdout
    assert house.complaints == []
    assert house.server_key not in done.stdout + done.stderr


def test_a_refused_key_is_told_with_what_to_set(house):
    house.plans.always("", plans.error(401, "invalid_api_key", f"Bad key {house.server_key}."))

    done = run_check(house)

    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if line.startswith("mint"))
    name = "OPENAI" if isinstance(house, StandInOpenAI) else "AZURE_OPENAI"
    assert "FAILED" in line and ("key" in line if name == "OPENAI" else name in line)
    assert house.server_key not in done.stdout + done.stderr


def test_an_unknown_model_is_told_with_what_to_set(house):
    name = (
        "OPENAI_REALTIME_MODEL"
        if isinstance(house, StandInOpenAI)
        else "AZURE_OPENAI_DEPLOYMENT_NAME"
    )

    done = run_check(house, **{name: "gpt-realtime-9"})

    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if line.startswith("mint"))
    assert "FAILED" in line and name in line
    assert "transcription   ok" in done.stdout


def test_a_bad_configuration_is_told_line_by_line():
    done = subprocess.run(
        [sys.executable, "-m", "services.check"],
        cwd=ROOT,
        env=os.environ | {"PROVIDER": "openai", "PORT": "x"},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 1
    assert "OPENAI_API_KEY: must be set" in done.stderr and "PORT:" in done.stderr
