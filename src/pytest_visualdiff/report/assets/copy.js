// The clipboard.

import { announce, el } from "./dom.js";
import { toast } from "./dialog.js";

/**
 * Puts a text on the clipboard, also under file:// where browsers know no other way.
 *
 * @param {string} text
 * @param {string} said
 */
export async function copyText(text, said = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { class: "sr" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(said);
  announce(said);
}
