"""The README's unit, as systemd reads it."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys

import pytest

from tests import install
from tests.conftest import need
from tests.deploy.guide import block
from tests.running import ROOT

PYTHON = "/srv/vivavoce/.venv/bin/python"


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is a part of Linux")
def test_systemd_understands_the_unit(tmp_path):
    text = block("# /etc/systemd/system/vivavoce.service")
    user = pwd.getpwuid(os.getuid()).pw_name
    # Who is to run it, and what, are looked for on this machine.
    text = text.replace(PYTHON, sys.executable).replace("User=vivavoce", f"User={user}")
    file = tmp_path / "vivavoce.service"
    file.write_text(text.replace("/srv/vivavoce", str(ROOT)))

    command = [need(install.systemd()), "verify", "--man=no", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)

    complaints = [line for line in done.stderr.splitlines() if "vivavoce.service" in line]
    assert (done.returncode, complaints) == (0, [])


def test_the_unit_runs_what_is_there():
    text = block("# /etc/systemd/system/vivavoce.service")

    assert re.findall(rf"^Exec\w+={PYTHON} (.+)$", text, re.M) == ["app.py"]
    assert (ROOT / "app.py").exists()
