/** Where the turns of a tab are shown. All rooms stay in the page, one of them is seen; its list is `#turns`. */

/** Closer to the end than this, a conversation is left at its end, pixels. */
const NEAR = 80;

/**
 * @param {HTMLElement} like
 * @param {HTMLElement} [list]  of turns, as the server renders it; without it: none
 * @returns {HTMLElement} not seen yet
 */
export function newRoom(like, list = emptyList(like)) {
  const room = /** @type {HTMLElement} */ (like.cloneNode(false));
  list.removeAttribute("id");
  room.append(list);
  room.hidden = true;
  return room;
}

/** @param {HTMLElement} room */
export function leaveRoom(room) {
  room.dataset.atEnd = String(room.scrollHeight - room.scrollTop - room.clientHeight < NEAR);
  room.hidden = true;
  listIn(room).removeAttribute("id");
}

/** @param {HTMLElement} room */
export function enterRoom(room) {
  listIn(room).id = "turns";
  room.hidden = false;
  if (room.dataset.atEnd !== "false") room.scrollTop = room.scrollHeight;
}

/** @param {HTMLElement} room @returns {HTMLElement} */
function listIn(room) {
  return /** @type {HTMLElement} */ (room.querySelector(".turns"));
}

/** @param {HTMLElement} room @returns {HTMLElement} */
function emptyList(room) {
  const list = /** @type {HTMLElement} */ (listIn(room).cloneNode(false));
  delete list.dataset.costs;
  return list;
}
