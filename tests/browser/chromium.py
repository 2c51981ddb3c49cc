"""A Chromium with a fake microphone that plays a file."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, Playwright

LEFT_OUT = (
    # Popups of the address line: they cost half a second of processor time for each window.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # What Playwright leaves out, since of two such flags only the later one counts.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
"""Features of Chromium that no test needs."""


def launch(
    playwright: Playwright, program: str, microphone: Path | None = None, *more: str
) -> Browser:
    """Start a browser.

    Args:
        playwright: the running driver.
        program: path of the browser.
        microphone: WAV file to play once, from the moment the microphone is opened; None: a beep
            every second, made by Chromium.
        more: flags of its command line.
    """
    return playwright.chromium.launch(executable_path=program, args=flags(microphone, *more))


def flags(microphone: Path | None = None, *more: str) -> list[str]:
    """Give the command line of such a browser."""
    found = [
        *more,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
        "--disable-component-update",
        f"--disable-features={','.join(LEFT_OUT)}",
    ]
    if microphone:
        found.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    if os.geteuid() == 0:
        found.append("--no-sandbox")
    return found
