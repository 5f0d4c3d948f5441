// Talks to the review server: the token came in the address's fragment, which is sent nowhere.

const CHUNK = 100; // decisions in a request: progress is seen, and an interrupted one loses little

/** Trouble whose text is for the person in front of the page. */
export class Trouble extends Error {}

/** The review server of this page. */
export class Client {
  constructor() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
      sessionStorage.setItem("token", given);
      history.replaceState(null, "", location.pathname);
    }
    this.token = sessionStorage.getItem("token") || "";
  }

  /**
   * The run's content; opens the session that lets the page show pictures.
   *
   * @returns {Promise<Content>}
   */
  async open() {
    if (!this.token) throw new Trouble("This page needs the address that ‘visualdiff review’ printed, with its token.");
    await this.request("POST", "session");
    return this.request("GET", "api/run");
  }

  /**
   * The groups of the same change; asked for once the page is there.
   *
   * @returns {Promise<Group[]>}
   */
  groups() { return this.request("GET", "api/groups"); }

  /**
   * Where all checks stand now: somebody else may have decided.
   *
   * @returns {Promise<Decisions>}
   */
  decisions() { return this.request("GET", "api/state"); }

  /**
   * What the log and git say of a check's baseline.
   *
   * @param {string} id
   * @returns {Promise<BaselineHistory>}
   */
  historyOf(id) { return this.request("GET", `api/past?id=${encodeURIComponent(id)}`); }

  /**
   * Approves, rejects or undoes, a chunk at a time; returns what became of each check.
   *
   * @param {Action} action
   * @param {string[]} ids
   * @param {string} reason
   * @param {(done: number, all: number, decisions: Decisions) => void} onProgress
   */
  async decide(action, ids, reason, onProgress) {
    /** @type {Decisions} */
    const decided = {};
    for (let at = 0; at < ids.length; at += CHUNK) {
      const answer = await this.request("POST", "api/decide", { action, ids: ids.slice(at, at + CHUNK), reason });
      Object.assign(decided, answer.decisions);
      onProgress(Math.min(ids.length, at + CHUNK), ids.length, answer.decisions);
    }
    return decided;
  }

  /**
   * One request; its answer is JSON, or nothing.
   *
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async request(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
    } catch {
      throw new Trouble("The review server does not answer. Was it stopped? Start ‘visualdiff review’ again.");
    }
    if (answer.status === 204) return null;
    const told = await answer.json().catch(() => ({ error: `the server answered ${answer.status}` }));
    if (!answer.ok) throw new Trouble(told.error);
    return told;
  }
}
