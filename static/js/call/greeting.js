/** How the assistant is asked to speak first. Pure. */

const GREETING = "Nobody has said anything yet. Greet the person in one short, friendly sentence and ask what you can do for them.";

/** @param {string|null} language  ISO-639-1; null: the assistant's own choice @returns {string} instructions */
export function greetingIn(language) {
  const name = language && new Intl.DisplayNames(["en"], { type: "language" }).of(language);
  return name ? `${GREETING} Speak ${name}.` : GREETING;
}
