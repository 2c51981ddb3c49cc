"""Which tools the operator offers: `TOOLS` and `MCP_SERVERS`, read from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from services.environment import Environment

TOOL_NAMES = ("clock", "calculator", "search")
"""What is built in."""
LABEL = re.compile(r"[A-Za-z0-9_-]{1,24}")
"""Of a server; its tools are called `<label>__<name>`, and providers take 64 characters.
Source: https://platform.openai.com/docs/api-reference/realtime-client-events/session/update"""
FIELDS = frozenset(
    ("server_label", "server_url", "authorization", "headers", "allowed_tools", "require_approval")
)
"""As the Realtime API names them for servers that the provider calls; these are called by us."""


@dataclass(frozen=True)
class McpServer:
    """A remote server whose tools the model may call."""

    label: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request; they may hold a key."""
    allowed_tools: tuple[str, ...] | None = None
    """Names; None: all of them."""
    needs_approval: bool = True
    """The person has to allow each call, unless the operator trusts the server."""


def read_tools(env: Environment) -> tuple[str, ...]:
    """Read which of the built-in tools are on offer; the default is all of them."""
    value = env.text("TOOLS")
    if value is None:
        return TOOL_NAMES
    if value == "none":
        return ()
    names = [name.strip() for name in value.split(",")]
    for name in names:
        if name not in TOOL_NAMES:
            env.problems.append(
                f"TOOLS: must be none or a list of {', '.join(TOOL_NAMES)}, not {name!r}"
            )
    return tuple(name for name in TOOL_NAMES if name in names)


def read_mcp_servers(env: Environment) -> tuple[McpServer, ...]:
    """Read the remote servers, a JSON list of objects with the names of FIELDS."""
    servers: list[McpServer] = []
    for entry in env.json_list("MCP_SERVERS"):
        problem = _problem_of(entry)
        if problem is None and isinstance(entry, dict):
            servers.append(_server(entry))
        else:
            env.problems.append(f"MCP_SERVERS: {problem}")
    labels = [server.label for server in servers]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        env.problems.append(f"MCP_SERVERS: there are several servers with the label {label!r}")
    return tuple(servers)


def _problem_of(entry: object) -> str | None:
    """Say what is wrong with an entry; None: nothing. What it holds may be secret."""
    if not isinstance(entry, dict):
        return 'each entry must look like {"server_label": "wiki", "server_url": "https://…/mcp"}'
    label = entry.get("server_label")
    if not isinstance(label, str) or not LABEL.fullmatch(label):
        return "server_label must have 1 to 24 letters, digits, _ or -"
    if unknown := sorted(set(entry) - FIELDS):
        return f"{label}: there is no field {', '.join(unknown)}"
    url = entry.get("server_url")
    if not isinstance(url, str) or not _is_web_address(url):
        return f"{label}: server_url must begin with https:// or http://"
    if not isinstance(entry.get("authorization", ""), str):
        return f"{label}: authorization must be text, a bearer token"
    if not _is_texts(entry.get("headers", {})):
        return f"{label}: headers must be an object of texts"
    if not _is_names(entry.get("allowed_tools")):
        return f"{label}: allowed_tools must be a list of names"
    if entry.get("require_approval", "always") not in ("always", "never"):
        return f"{label}: require_approval must be always or never"
    return None


def _server(entry: Mapping[str, object]) -> McpServer:
    headers, allowed = entry.get("headers", {}), entry.get("allowed_tools")
    token = entry.get("authorization")
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return McpServer(
        label=str(entry["server_label"]),
        url=str(entry["server_url"]),
        headers=(dict(headers) if isinstance(headers, dict) else {}) | bearer,
        allowed_tools=tuple(allowed) if isinstance(allowed, list) else None,
        needs_approval=entry.get("require_approval", "always") == "always",
    )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(text, str) for name, text in value.items()
    )


def _is_names(value: object) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(name, str) for name in value)
    )
