// Whether this is the page that somebody wanted, and what of it did not arrive.

const LOGIN = /(^|[/._-])(log[-_]?(in|on)|sign[-_]?(in|on)|auth\w*|sso|sessions?|anmeld\w*|connexion)([/._-]|$)/i;
const RETURN =
  /^(next|return(_?(to|url|uri|path))?|redirect(ed)?(_?(to|url|uri|from))?|continue|goto|dest(ination)?|back(_?url)?|from|target|rd|service|forward)$/i;

/** Failed requests are told one by one up to this number. */
const MOST_FAILED = 8;

/**
 * What is wrong with the page as a whole, in words; "" for nothing.
 */
function wrongPage() {
  const page = main.document;
  const address = String(page.documentURI);
  if (/^(chrome-error|about:(neterror|certerror|blocked|httpsonlyerror))/.test(address)) {
    const code = /[?&]e=(\w+)/.exec(address), told = page.querySelector(".error-code");
    const why = code ? code[1] : told && told.textContent;
    return `this is the browser's own error page${why ? ` (${clean(why).trim()})` : ""}`;
  }
  if (/^(about:blank|data:,)/.test(address) && isEmptyPage(page)) return "the browser shows an empty page: was none opened?";
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (main.performance.getEntriesByType("navigation"));
  if (!entry) return "";
  if (entry.responseStatus >= 400) return `the server answered with status ${entry.responseStatus}`;
  const wanted = asksForPassword() ? wantedInstead(entry) : "";
  return wanted && `this page asks for a password instead of ${wanted}: log in first`;
}

/** @param {Document} page */
function isEmptyPage({ body }) {
  return !body || (!body.childElementCount && !/\S/.test(body.textContent || ""));
}

function asksForPassword() {
  const field = main.document.querySelector("input[type=password]");
  return field !== null && field.getClientRects().length > 0;
}

/**
 * The address in whose place a page is shown, in words; "" where that cannot be told.
 *
 * @param {PerformanceNavigationTiming} entry
 */
function wantedInstead(entry) {
  const here = main.location, inner = new main.URLSearchParams(here.hash.replace(/^[^?]*\??/, ""));
  const named = [...new main.URLSearchParams(here.search), ...inner].find(([name, value]) => {
    return RETURN.test(name) && /^(\/|https?:)/.test(value);
  });
  const wanted = named ? named[1] : "";
  const elsewhere = /^https?:/.test(wanted) && !wanted.startsWith(here.origin);
  const login = LOGIN.test(here.pathname + here.hash);
  // The server sent the browser on; with a slash added at the end it may be the page that was meant.
  if (entry.redirectCount && (wanted || (login && !here.pathname.endsWith("/")))) return wanted || "the address that was opened";
  const { activation, entries } = activationOf();
  // The page that was opened replaced itself, with a new document or without one.
  if (activation && activation.navigationType === "replace" && activation.from && (wanted || login)) {
    return wanted || address(String(activation.from.url));
  }
  const opened = new main.URL(entry.name, here.href);
  if (opened.pathname + opened.hash !== here.pathname + here.hash && login && entries && !entries.includes(opened.href)) {
    return address(opened.href);
  }
  return elsewhere ? wanted : "";
}

/**
 * The Navigation API, as far as it is used here.
 *
 * @typedef {object} NavigationHistory
 * @property {() => { url: string }[]} entries
 * @property {{ navigationType: string, from: { url: string } | null } | null} activation
 */

/** What the browser knows of the way to this page. */
function activationOf() {
  const { navigation } = /** @type {{ navigation?: NavigationHistory }} */ (/** @type {unknown} */ (main));
  if (!navigation) return { activation: null, entries: null };
  const entries = attempt(() => navigation.entries(), []);
  return { activation: navigation.activation || null, entries: entries.map(({ url }) => url) };
}

/**
 * What the page asked for and did not get, in words.
 *
 * @param {Root[]} all
 */
function failedRequests(all) {
  const failed = new Map();
  for (const view of new Set(all.map(viewOf))) {
    if (!view) continue;
    const entries = /** @type {PerformanceResourceTiming[]} */ (view.performance.getEntriesByType("resource"));
    const [own] = /** @type {PerformanceResourceTiming[]} */ (view.performance.getEntriesByType("navigation"));
    for (const { name, responseStatus } of view === main || !own ? entries : [...entries, own]) {
      // Of the page's icon nothing shows.
      if (responseStatus >= 400 && !name.endsWith("/favicon.ico")) failed.set(name, `\`${address(name)}\` answered ${responseStatus}`);
    }
  }
  for (const root of all) {
    each(root, "img", (/** @type {HTMLImageElement} */ image) => {
      const url = image.currentSrc || image.src;
      if (!url || failed.has(url) || !image.complete || image.naturalWidth || imageType(url, viewOf(image)).startsWith("svg")) return;
      failed.set(url, `\`${address(url)}\` could not be shown as an image`);
    });
    attempt(() => "fonts" in root && root.fonts.forEach((face) => {
      if (face.status === "error") failed.set(face, `font \`${clean(face.family).replace(/["']/g, "")}\` could not be loaded`);
    }));
  }
  const told = [...failed.values()];
  const more = told.length - MOST_FAILED;
  return more > 0 ? [...told.slice(0, MOST_FAILED), `${more} more requests failed`] : told;
}
