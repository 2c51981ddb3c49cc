"""What a page keeps in its browser because the server does not take it, and servers that do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from tests.browser.talk_page import PATIENCE_MS, TalkPage
from tests.running import RunningApp

# A browser tells nobody when a database of a page changes, so the page itself looks now and then.
KEPT = """async ([wanted, patience]) => {
  const deadline = performance.now() + patience;
  const opened = await new Promise((resolve) => {
    const request = indexedDB.open("vivavoce");
    request.onsuccess = () => resolve(request.result);
  });
  const kept = () => new Promise((resolve) => {
    const request = opened.transaction("unsent").objectStore("unsent").getAll();
    request.onsuccess = () => {
      const inOrder = request.result.sort((one, other) => one.keptAt - other.keptAt);
      resolve(inOrder.map(({ turn }) => turn.text));
    };
  });
  try {
    for (;;) {
      const texts = await kept();
      if (texts.length === wanted) return texts;
      if (performance.now() > deadline) throw new Error(`it keeps ${JSON.stringify(texts)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    opened.close();
  }
}"""


def kept(page: Page, count: int, *, patience_ms: float = 2 * PATIENCE_MS) -> list[str]:
    """Wait until the browser keeps this many turns; gives their texts."""
    return page.evaluate(KEPT, [count, patience_ms])


@contextmanager
def locked(app: RunningApp) -> Iterator[None]:
    """Hold the lock of the database: it can be read, and written by nobody else."""
    holder = sqlite3.connect(app.folder / "vivavoce.db", isolation_level=None, timeout=10)
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield
    finally:
        holder.close()


def expect_failed_requests(page: TalkPage) -> None:
    """The browser itself logs requests that fail."""
    page.complaints[:] = [said for said in page.complaints if "Failed to load resource" not in said]


def exported(page: TalkPage, conversation_id: str) -> list[str]:
    """What the server has stored, in its order."""
    answer = page.context.request.get(f"{page.url}/conversations/{conversation_id}/export.json")
    assert answer.ok, answer.text()
    return [turn["text"] for turn in answer.json()["turns"]]
