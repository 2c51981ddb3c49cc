"""Finds what the tests need beside Python packages, and installs what is missing.

`make test` runs this first; it prints one line for each part. The tests ask the same functions
and skip, with the same advice, what a machine cannot have. Under `CI=true` a missing part fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
"""Distributions keep the server out of the way of people's commands."""
INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Part:
    """Something that tests need from the machine."""

    name: str
    path: str | None
    """The program; None: it is not there."""
    advice: str
    """What to install by hand, for a person to read."""


def browser() -> Part:
    """Chromium or Chrome: $CHROMIUM, an installed one, or the one that Playwright fetched."""
    found = (_runnable(name) for name in (os.environ.get("CHROMIUM", ""), *BROWSERS))
    path = next((name for name in found if name), None) or _playwright_browser()
    return Part("Chromium", path, "install Chromium or Chrome (Debian: apt-get install chromium)")


def espeak() -> Part:
    """espeak-ng: several voices that ask questions."""
    advice = "install espeak-ng (Debian: apt-get install espeak-ng; macOS: brew install espeak-ng)"
    return Part("espeak-ng", shutil.which("espeak-ng"), advice)


def postgres() -> Part:
    """PostgreSQL: the folder of its programs, the newest one."""
    advice = (
        "install PostgreSQL (Debian: apt-get install postgresql; macOS: brew install postgresql@18)"
    )
    found = shutil.which("initdb")
    folders = [path for pattern in POSTGRES_FOLDERS for path in glob(pattern)]
    if found:
        folders.append(str(Path(found).resolve().parent))
    whole = [folder for folder in folders if Path(folder, "pg_ctl").exists()]
    newest = max(whole, key=lambda folder: _numbers(folder), default=None)
    return Part("PostgreSQL", newest, advice)


def redis() -> Part:
    """Redis, or Valkey, which is the same for us."""
    advice = "install Redis (Debian: apt-get install redis-server; macOS: brew install redis)"
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Part("Redis", found, advice)


def nginx() -> Part:
    """nginx, with which the deployment that the README describes is tried."""
    advice = "install nginx (Debian: apt-get install nginx; macOS: brew install nginx)"
    # Debian keeps it where only root looks.
    return Part("nginx", shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), advice)


def systemd() -> Part:
    """What reads the README's unit; Linux only."""
    advice = "install systemd (Debian: apt-get install systemd)"
    return Part("systemd-analyze", shutil.which("systemd-analyze"), advice)


def models() -> Part:
    """The engine's model files; the advice names what could not be had."""
    done = subprocess.run(
        [sys.executable, "-m", "services.engine", "models"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    reason = (done.stderr.strip().splitlines() or ["run `make setup`"])[-1]
    return Part("model files", "in place" if done.returncode == 0 else None, reason)


def install_browser() -> None:
    """Fetch Playwright's browser; where that cannot be had, the distribution's."""
    playwright = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    as_root = _as_root()
    if as_root is not None and shutil.which("apt-get"):
        playwright.insert(-1, "--with-deps")
    _try(playwright)
    if browser().path is None:
        _apt_install("chromium")


def main() -> int:
    """Bring everything; say what is missing, fail only under CI."""
    parts = [
        _ensure(browser, install_browser),
        _ensure(espeak, partial(_apt_install, "espeak-ng")),
        _ensure(postgres, partial(_apt_install, "postgresql")),
        _ensure(redis, partial(_apt_install, "redis-server")),
        _ensure(nginx, partial(_apt_install, "nginx")),
        models(),
    ]
    if sys.platform == "linux":
        parts.append(_ensure(systemd, partial(_apt_install, "systemd")))
    for part in parts:
        print(f"{part.name}: {part.path or 'missing; ' + part.advice}", flush=True)
    missing = [part for part in parts if part.path is None]
    return 1 if missing and os.environ.get("CI") == "true" else 0


def _ensure(find, install) -> Part:
    if find().path is None:
        print(f"{find().name} is missing; installing it", flush=True)
        install()
    return find()


def _numbers(path: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", path)]


def _runnable(name: str) -> str | None:
    path = shutil.which(name) if name else None
    # Ubuntu's chromium-browser may be a stub that only asks for a snap: it must answer.
    return path if path and _try([path, "--version"], seconds=20, quiet=True) else None


def _playwright_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return _runnable(playwright.chromium.executable_path)


def _apt_install(package: str) -> None:
    as_root = _as_root()
    if as_root is None or not shutil.which("apt-get"):
        return
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    _try([*as_root, "apt-get", "update", "-qq"])
    _try([*as_root, *environment, "apt-get", "install", "-y", "-qq", package])


def _as_root() -> list[str] | None:
    """What to put before a command that needs root; None: there is no way without a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _try(["sudo", "-n", "true"], quiet=True):
        return ["sudo", "-n"]
    return None


def _try(command: list[str], *, seconds: float = INSTALL_SECONDS, quiet: bool = False) -> bool:
    """Run a command; True if it succeeded."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", flush=True)
        return False
    if done.returncode and not quiet:
        print("\n".join((done.stdout + done.stderr).strip().splitlines()[-3:]), flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
