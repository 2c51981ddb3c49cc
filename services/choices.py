"""Whom the operator means: what `auto` stands for, and what each choice needs besides."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from services.environment import Environment

OPENAI_HOST = "api.openai.com"
OPENAI_URL = f"https://{OPENAI_HOST}/v1"
PROVIDER_NAMES = ("openai", "azure", "engine")
SPEECH_NAMES = ("openai", "azure", "elevenlabs", "realtime", "engine", "browser")
TRANSCRIPTION_NAMES = ("openai", "azure", "engine")
AZURE_KEYS = ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AZURE_OPENAI_AD_TOKEN_FILE")


@dataclass(frozen=True)
class Choices:
    """Who does what."""

    provider: str
    speech: str
    transcription: str


def choose(env: Environment) -> Choices:
    """Decide who does what; what is missing for it becomes a problem of the environment."""
    provider = env.choice("PROVIDER", "auto", ("auto", *PROVIDER_NAMES))
    if provider == "auto":
        provider = _first_configured(env)
    speech = env.choice("SPEECH_PROVIDER", "auto", ("auto", *SPEECH_NAMES))
    if speech == "auto":
        speech = _voice_of(provider, env)
    transcription = env.choice("TRANSCRIPTION_PROVIDER", "auto", ("auto", *TRANSCRIPTION_NAMES))
    if transcription == "auto":
        transcription = "openai" if env.text("TRANSCRIPTION_BASE_URL") else provider
    chosen = Choices(provider, speech, transcription)
    _refuse_gaps(env, chosen)
    return chosen


def is_openai(url: str) -> bool:
    """Tell whether this is OpenAI itself, which also has addresses of regions."""
    host = urlsplit(url).hostname or ""
    return host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}")


def read_url(env: Environment, name: str) -> str | None:
    """Read an address, without a slash at its end."""
    url = env.text(name)
    if url is not None and not url.startswith(("http://", "https://")):
        env.problems.append(f"{name}: must begin with http:// or https://")
    return url.rstrip("/") if url else None


def realtime_url(env: Environment) -> str:
    """Read where the Realtime API is; people also give the address of `/realtime` in it."""
    url = read_url(env, "OPENAI_REALTIME_BASE_URL")
    return url.removesuffix("/realtime") if url else OPENAI_URL


def _first_configured(env: Environment) -> str:
    if env.text("AZURE_OPENAI_ENDPOINT"):
        return "azure"
    return "openai" if _has_secret(env, "OPENAI_API_KEY") else "engine"


def _voice_of(provider: str, env: Environment) -> str:
    """Choose who reads aloud beside a provider.

    OpenAI ends its speech endpoint on 2027-01-06 and names its realtime models as successors;
    Azure has a speech endpoint only where somebody has deployed a model for it.
    """
    if env.text("SPEECH_BASE_URL"):
        return "openai"
    if provider == "azure" and env.text("SPEECH_MODEL"):
        return "azure"
    return "engine" if provider == "engine" else "realtime"


def _refuse_gaps(env: Environment, chosen: Choices) -> None:
    needed: dict[str, str] = {}
    for role, name, prefix in (
        ("PROVIDER", chosen.provider, ""),
        ("SPEECH_PROVIDER", chosen.speech, "SPEECH"),
        ("TRANSCRIPTION_PROVIDER", chosen.transcription, "TRANSCRIPTION"),
    ):
        if name == "realtime":
            name = "azure" if chosen.provider == "azure" else "openai"
        why = f"must be set for {role}={name}"
        if name == "openai" and not _has_openai(env, prefix):
            needed.setdefault("OPENAI_API_KEY", why)
        if name == "elevenlabs" and not _has_secret(env, "ELEVENLABS_API_KEY"):
            needed.setdefault("ELEVENLABS_API_KEY", why)
        if name == "azure":
            needed = dict.fromkeys(_missing_of_azure(env), why) | needed
    if chosen.provider == "azure" and not env.words("AZURE_OPENAI_DEPLOYMENT_NAME"):
        needed["AZURE_OPENAI_DEPLOYMENT_NAME"] = "must be set for PROVIDER=azure"
    if chosen.speech == "azure" and not env.text("SPEECH_MODEL"):
        needed["SPEECH_MODEL"] = "must name the deployment that SPEECH_PROVIDER=azure speaks with"
    env.problems.extend(f"{name}: {why}" for name, why in needed.items())


def _has_openai(env: Environment, prefix: str) -> bool:
    """Tell whether a key is there; a server of one's own may do without."""
    if prefix and (_has_secret(env, f"{prefix}_API_KEY") or env.text(f"{prefix}_BASE_URL")):
        return True
    address = env.text("OPENAI_REALTIME_BASE_URL") or OPENAI_URL
    return _has_secret(env, "OPENAI_API_KEY") or not is_openai(address)


def _missing_of_azure(env: Environment) -> list[str]:
    missing = [] if env.text("AZURE_OPENAI_ENDPOINT") else ["AZURE_OPENAI_ENDPOINT"]
    has_key = _has_secret(env, AZURE_KEYS[0]) or any(env.text(name) for name in AZURE_KEYS[1:])
    return missing if has_key else [*missing, AZURE_KEYS[0]]


def _has_secret(env: Environment, name: str) -> bool:
    return bool(env.text(name) or env.text(f"{name}_FILE"))
