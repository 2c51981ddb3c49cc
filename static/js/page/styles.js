/** Style sheets of what is not there when the page is drawn. */

/** @param {string[]} names */
export function addStyles(names) {
  for (const name of names) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(`../../css/${name}.css`, import.meta.url).href;
    document.head.append(link);
  }
}
