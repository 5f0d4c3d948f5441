// Talks to the review server. The token of the address is used once, for a cookie that scripts
// cannot read and that is sent below one path only, where the page then lives.

const CHUNK = 100; // decisions in a request: progress is seen, and an interrupted one loses little

/** Trouble whose text is for the person in front of the page. */
export class Trouble extends Error {}

/** The review server of this page. */
export class Client {
  /**
   * The run's content, once the page is where its cookie counts.
   *
   * @returns {Promise<Content>}
   */
  async open() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token) {
      history.replaceState(null, "", location.pathname);
      await this.exchange(token);
    } else if (location.pathname === "/") {
      const known = sessionStorage.getItem("visualdiff-page");
      if (!known) throw new Trouble("This page needs the address that ‘visualdiff review’ printed, with its token.");
      history.replaceState(null, "", known);
    }
    return this.request("GET", "api/run");
  }

  /**
   * Gives the token for a cookie, and moves to the page that it opens.
   *
   * A token that was used before opens nothing, but the page that this tab had may still be open.
   *
   * @param {string} token
   */
  async exchange(token) {
    const known = sessionStorage.getItem("visualdiff-page");
    try {
      const { page } = await this.request("POST", "/session", undefined, { Authorization: `Bearer ${token}` });
      sessionStorage.setItem("visualdiff-page", page);
      history.replaceState(null, "", page);
    } catch (error) {
      if (!known) throw error;
      history.replaceState(null, "", known);
    }
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
   * @param {Record<string, string>} headers
   */
  async request(method, path, body, headers = {}) {
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
