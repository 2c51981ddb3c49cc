/** Whether the browser's recogniser has failed in this tab. Then it is not tried again, and the page says who hears instead. */

const KEY = "vivavoce.recognizer";

export function hasRecognizerFailed() {
  return sessionStorage.getItem(KEY) !== null;
}

/** @param {string} code  SpeechRecognitionErrorEvent.error, or "missing" */
export function rememberRecognizerFailure(code) {
  sessionStorage.setItem(KEY, code);
}
