/** Who made words of a turn's sound, or sound of its words: what the server notes about where it went. Pure. */

/** @typedef {"provider"|"relay"|"server"|"stand-in"|"browser"|"device"|"none"} SoundPlace  relay: the provider, through this server; stand-in: another voice of this server than the chosen one */

/**
 * @param {{role: string}} turn
 * @param {{isTyped: boolean, mode: string, transport: string, hearing: SoundPlace|null, voicing: SoundPlace|null}} circumstances
 *   hearing, voicing: in text mode, who writes down and who speaks
 * @returns {SoundPlace}
 */
export function soundOf({ role }, { isTyped, mode, transport, hearing, voicing }) {
  if (isTyped) return "none";
  if (mode === "native") return transport === "websocket" ? "relay" : "provider";
  return (role === "user" ? hearing : voicing) ?? "server";
}
