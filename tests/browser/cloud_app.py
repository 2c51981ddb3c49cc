"""The real program in front of a cloud house, with all that it says to its visitors on record."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.outlet import Outlet
from tests.running import RunningApp
from tests.stand_ins.azure import DEPLOYMENT, StandInAzure
from tests.stand_ins.cloud import Cloud
from tests.stand_ins.openai import StandInOpenAI


class CloudApp(RunningApp):
    """`python app.py`, whose visitors come through an outlet."""

    def __init__(self, folder: Path, house: Cloud, **environ: str) -> None:
        """Prepare to run with this house behind it."""
        # At this level libraries write down most of what they are given.
        environ = {"LOG_LEVEL": "DEBUG"} | environment_for(house) | environ
        super().__init__(folder, scripted=None, **environ)
        self.house = house
        self._outlet = Outlet(self.port)

    def __enter__(self) -> CloudApp:
        super().__enter__()
        self._outlet.__enter__()
        self.url = self._outlet.url
        return self

    def __exit__(self, *problem: Any) -> None:
        self._outlet.__exit__()
        super().__exit__(*problem)

    def places_of(self, secret: str) -> list[str]:
        """Name all places outside of the program's own memory where a secret can be read."""
        found = []
        said = self._outlet.said()
        assert b"ontent-Encoding:" not in said, "what was said is compressed and cannot be searched"
        spellings = (secret.encode(), base64.b64encode(secret.encode()).rstrip(b"="))
        for name, content in {
            "an answer": said,
            "the log": self.log_file.read_bytes(),
            "the title of a process": "\n".join(self._titles()).encode(),
            **{
                f"the file {path.name}": path.read_bytes()
                for path in self.folder.rglob("*")
                if path.is_file()
            },
        }.items():
            if any(spelling in content for spelling in spellings):
                found.append(name)
        return found

    def _titles(self) -> list[str]:
        return [" ".join((one.name(), *one.cmdline())) for one in self.processes()]


def environment_for(house: Cloud) -> dict[str, str]:
    """What an operator sets to use a house."""
    if isinstance(house, StandInOpenAI):
        return {
            "PROVIDER": "openai",
            "OPENAI_API_KEY": house.server_key,
            "OPENAI_REALTIME_BASE_URL": house.base_url,
        }
    assert isinstance(house, StandInAzure)
    return {
        "PROVIDER": "azure",
        "AZURE_OPENAI_ENDPOINT": house.url,
        "AZURE_OPENAI_API_KEY": house.server_key,
        "AZURE_OPENAI_DEPLOYMENT_NAME": DEPLOYMENT,
    }
