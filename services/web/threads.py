"""How the threads of a worker are shared out."""

from __future__ import annotations

THREADS = 256
"""Per worker, started as they are needed. A call over WebRTC holds none, an offer holds one for
some tens of milliseconds; reading aloud holds one for as long as the sound is being made."""
RELAYS = 192
"""Relayed calls, each of which holds one; a quarter of the threads is left for everything else."""
