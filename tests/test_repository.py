"""What holds for the repository as a whole: documents match the code, copies match their source."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONFIG_FILES = (ROOT / "services" / "config.py", ROOT / "services" / "engine" / "config.py")
NAME = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`")
INDEX_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.deb" + "ian.org",
)
"""Which package index is used is the person's own setting, so no file names one."""


def repository_files() -> list[Path]:
    """Everything that is, or is about to be, part of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """All text files by name."""
    found = {}
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[str(path.relative_to(ROOT))] = content.decode("utf-8")
    return found


def config_names() -> set[str]:
    """Every name that an operator can set, taken from the fields' docstrings."""
    return {name for path in CONFIG_FILES for name in NAME.findall(path.read_text("utf-8"))} - {
        "NAME",
        "NAME_FILE",
    }


def test_no_file_names_a_package_index():
    wrong = [
        f"{name}: {host}" for name, text in texts().items() for host in INDEX_HOSTS if host in text
    ]

    assert wrong == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on():
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
    wrong = [name for name, text in texts().items() if pattern.search(text)]

    assert wrong == []


def test_vendored_files_are_what_the_list_says():
    folder = ROOT / "static" / "vendor"
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` .*`([0-9a-f]{64})`", (folder / "VENDOR.md").read_text("utf-8"), re.M
        )
    )
    present = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "VENDOR.md"
    }

    assert present == listed


@pytest.mark.parametrize("document", ["README.md", ".env.example"])
def test_every_config_name_is_documented(document):
    text = (ROOT / document).read_text("utf-8")

    missing = {name for name in config_names() if not re.search(rf"\b{name}\b", text)}

    assert missing == set()
