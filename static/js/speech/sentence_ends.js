/** Where a sentence or a clause ends, in the scripts that have marks for it. Pure. */

const CLOSERS = "\\p{Pe}\\p{Pf}\"'*_~`";
/** A footnote's number may stand between the mark and the next sentence. */
const END = new RegExp(`([.!?…‼⁇⁈⁉؟۔।॥。！？]+)(?:[${CLOSERS}]|\\[\\^?\\w+\\])*$`, "u");
const PAUSE = new RegExp(`(?:[,;:—–、，；：،؛]|\\s[-])[${CLOSERS}]*$`, "u");
/** These need no white space behind them. */
const WIDE_END = new RegExp(`[。！？][${CLOSERS}]*$`, "u");
const WIDE_PAUSE = new RegExp(`[、，；：][${CLOSERS}]*$`, "u");
const NOT_A_BEGINNING = new RegExp(`^[${CLOSERS}.!?…。！？、，；：,;:]`, "u");

const words = (/** @type {string} */ list) => new Set(list.split(" "));

/** Something always follows these. */
const LEAD_IN = words(
  "mr mrs ms mx dr drs prof st ste mt ft gen col lt sgt capt rev hon gov sen rep pres messrs vs cf viz ca approx resp incl excl esp " +
    "bzw vgl evtl ggf inkl exkl zzgl bspw sog hr fr frl abk bes dipl ing sra srta dra uds ud pág núm av avda mme mlle mm cie env ej",
);
/** These belong to a number if one follows. */
const BEFORE_NUMBER = words("no nos nr fig figs p pp pg vol vols sec ch chap chs art eq ed abs bd kap abb tab tel ext min max v n núm pág jan feb mar apr jun jul aug sep sept oct nov dec");
/** In these languages a point behind a number makes it an ordinal. */
const ORDINAL_LANGUAGES = words("de da nb nn no fi cs sk pl hu sl hr sr bs et lv is tr");
const GERMAN_BEFORE_ORDINAL = words("am der die das den dem des im vom zum zur bis ab seit jeder jede jedes dieser erste");

/**
 * Whether a sentence ends here.
 * @param {string} head  the text so far, without white space at its end
 * @param {string} next  the first character of what follows; "" if nothing does
 * @param {{language: string|null}} options  language: primary tag, "de"
 */
export function endsSentence(head, next, { language }) {
  const found = END.exec(head);
  if (!found || /[-–—]/.test(next)) return false;
  const mark = found[1] ?? "";
  if (/\d…$/.test(head)) return false; // "3… Nf6"
  const beganSmall = mark !== "…" && mark !== "..." && /^\P{L}*\p{Ll}/u.test(head);
  if (/\p{Ll}/u.test(next) && !beganSmall) return false;
  return mark !== "." || !isAbbreviated(head.slice(0, found.index), next, language);
}

/** @param {string} head  without white space at its end */
export const endsClause = (head) => PAUSE.test(head);

/**
 * Whether the mark at the end cuts without white space behind it.
 * @param {string} head
 * @param {string} next
 */
export const isWideMark = (head, next) =>
  !NOT_A_BEGINNING.test(next) && (WIDE_END.test(head) || WIDE_PAUSE.test(head));

/**
 * @param {string} head  up to the point, without it
 * @param {string} next
 * @param {string|null} language
 */
function isAbbreviated(head, next, language) {
  const [word = "", before = ""] = head.split(/[\s([{"'“„«*_>/-]+/u).reverse();
  const small = word.toLowerCase();
  if (/^\d{1,2}$/.test(word)) return isOrdinal(before, language);
  if (/^(?:\p{L}\.)*\p{L}$/u.test(word)) return !/^[ap]\.m$/.test(small);
  if (BEFORE_NUMBER.has(small) && /\p{N}/u.test(next)) return true;
  return LEAD_IN.has(small);
}

/** @param {string} before  the word before the number @param {string|null} language */
function isOrdinal(before, language) {
  if (before.endsWith(":")) return true; // "1." of a list within the line
  if (language) return ORDINAL_LANGUAGES.has(language);
  return GERMAN_BEFORE_ORDINAL.has(before.toLowerCase()) || /^\d{1,2}\.$/.test(before);
}

/** Words that lean on the next one: a pause behind them sounds wrong. */
const LEANING = words(
  "a an the of to in on at for with by from and or but as is are was were be that this these your my our their its his her not if than " +
    "der die das den dem des ein eine einen einem einer und oder im am an auf mit von vom zu zum zur für ist sind dass " +
    "el la los las un una unos unas de del al en con por para y o que es son se le les une des du à au aux et ou est sont dans pour sur qui",
);

/** Whether a voice may stop behind the last word, where no mark allows it. @param {string} head */
export const standsAlone = (head) => !head.endsWith(".") && !LEANING.has((/[\p{L}\p{M}']+$/u.exec(head)?.[0] ?? "").toLowerCase());
