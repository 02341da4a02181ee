// Posting with the page's CSRF token, and saving that tells the truth about itself.

export class Refused extends Error {
  constructor(status, text) {
    super(`The server answered ${status}`);
    this.status = status;
    this.text = text;
  }
}

export function csrfToken() {
  return document.querySelector("input[name=csrf_token]")?.value ?? "";
}

// Posts a FormData, URLSearchParams or plain object. Resolves with the Response when the server took it,
// rejects with Refused when it said no, and with TypeError when it was not reached.
export async function post(url, data, { timeout = 10000, accept = "application/json" } = {}) {
  const body = data instanceof FormData || data instanceof URLSearchParams ? data : new URLSearchParams(data);
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken(), Accept: accept },
    signal: AbortSignal.timeout(timeout),
    credentials: "same-origin",
    keepalive: true,
  });
  // A session that ended leads to the sign-in page: nothing was taken.
  if (answer.redirected && new URL(answer.url).pathname === "/sign-in") throw new Refused(401, "");
  if (!answer.ok) throw new Refused(answer.status, await answer.text());
  return answer;
}

// Keeps one save state element truthful: "saved" only once the server has acknowledged the newest value
// of every key. Unreached servers are asked again, ever more slowly, and at once when the network returns.
export class Saver {
  #pending = new Map();
  #sending = false;
  #refused = false;
  #delay = 1000;
  #timer;

  constructor(stateElement, { onSaved, onRefused } = {}) {
    this.element = stateElement;
    this.onSaved = onSaved;
    this.onRefused = onRefused;
    window.addEventListener("online", () => this.#hurry());
    window.addEventListener("beforeunload", (event) => {
      if (this.#pending.size) event.preventDefault();
    });
  }

  // Queue the newest value of `key`; an older one that has not left is replaced.
  save(key, url, data) {
    this.#pending.set(key, { url, data });
    this.#show("saving");
    this.#hurry();
  }

  get idle() {
    return this.#pending.size === 0;
  }

  // Resolves to true once everything queued is acknowledged, to false once the server has said no.
  async settled() {
    while (!this.idle && !this.#refused) await new Promise((resolve) => setTimeout(resolve, 50));
    return this.idle;
  }

  #hurry() {
    clearTimeout(this.#timer);
    this.#delay = 1000;
    this.#refused = false;
    this.#drain();
  }

  async #drain() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#pending.size) {
        const [key, job] = this.#pending.entries().next().value;
        const answer = await post(job.url, job.data);
        if (this.#pending.get(key) === job) this.#pending.delete(key);
        this.#delay = 1000;
        this.onSaved?.(key, answer);
      }
      this.#show("saved");
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#sending = false;
    }
  }

  #failed(error) {
    if (error instanceof Refused && error.status < 500 && error.status !== 429) {
      // What was not taken stays queued: after signing in again, the next change sends it as well.
      this.#refused = true;
      this.#show("failed");
      this.onRefused?.(error);
      return;
    }
    this.#show("unsaved");
    this.#timer = setTimeout(() => this.#drain(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, 15000);
  }

  #show(state) {
    const element = this.element;
    if (!element || element.dataset.saveState === state) return;
    element.dataset.saveState = state;
    const key = `text${state[0].toUpperCase()}${state.slice(1)}`;
    element.querySelector("[data-save-text]").textContent = element.dataset[key] ?? "";
  }
}
