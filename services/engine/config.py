"""What the operator sets for the engine: environment, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class EngineConfigError(Exception):
    """A value in the environment cannot be used; one line for each, all at once."""


@dataclass(frozen=True)
class EngineConfig:
    """The engine's configuration."""

    api_key: str | None = field(default=None, repr=False)
    """`ENGINE_API_KEY`: what servers must present. None: loopback only, any bearer is taken."""
    llm_base_url: str | None = None
    """`LLM_BASE_URL`: a chat-completions server that thinks in place of the built-in model."""
    llm_api_key: str | None = field(default=None, repr=False)
    """`LLM_API_KEY`: its key, if it asks for one."""
    llm_model: str | None = None
    """`LLM_MODEL`: the model to ask it for. None: the first that it lists."""
    whisper_model: str | None = None
    """`WHISPER_MODEL`: folder of another CTranslate2 Whisper model."""
    piper_voice: str | None = None
    """`PIPER_VOICE`: path of another Piper .onnx file (its .onnx.json beside it)."""
    llama_model: str | None = None
    """`LLAMA_MODEL`: path of another .gguf file."""
    cache_dir: Path = Path.home() / ".cache" / "vivavoce" / "models"
    """Where model files are kept (`$XDG_CACHE_HOME/vivavoce/models`)."""
    log_level: str = "INFO"
    """`LOG_LEVEL`: DEBUG, INFO, WARNING or ERROR."""
    max_calls: int = 4
    """`ENGINE_MAX_CALLS`: calls at once; the next one is answered 503."""

    @staticmethod
    def from_env(environ: Mapping[str, str]) -> EngineConfig:
        """Read the environment.

        `NAME_FILE` reads a secret from a file.

        Raises:
            EngineConfigError: one line for each bad value.
        """
        problems: list[str] = []
        cache_home = environ.get("XDG_CACHE_HOME")
        cache_root = Path(cache_home) if cache_home else Path.home() / ".cache"
        config = EngineConfig(
            api_key=_secret(environ, "ENGINE_API_KEY", problems),
            llm_base_url=environ.get("LLM_BASE_URL") or None,
            llm_api_key=_secret(environ, "LLM_API_KEY", problems),
            llm_model=environ.get("LLM_MODEL") or None,
            whisper_model=environ.get("WHISPER_MODEL") or None,
            piper_voice=environ.get("PIPER_VOICE") or None,
            llama_model=environ.get("LLAMA_MODEL") or None,
            cache_dir=cache_root / "vivavoce" / "models",
            log_level=(environ.get("LOG_LEVEL") or "INFO").upper(),
            max_calls=_count(environ, "ENGINE_MAX_CALLS", 4, problems),
        )
        if config.llm_base_url and not config.llm_base_url.startswith(("http://", "https://")):
            problems.append("LLM_BASE_URL: must begin with http:// or https://")
        if config.log_level not in LOG_LEVELS:
            problems.append(f"LOG_LEVEL: must be one of {', '.join(LOG_LEVELS)}")
        if problems:
            raise EngineConfigError("\n".join(problems))
        return config


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except OSError as error:
            problems.append(f"{name}_FILE: cannot read {path}: {error.strerror}")
            return None
    return environ.get(name) or None


def _count(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = environ.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        problems.append(f"{name}: must be a whole number of at least 1, not {text!r}")
        return default
    return int(text)
