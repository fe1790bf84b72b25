// What is to be sent: kept in the browser until the server has it, sent one after the other, once each. The message's client
// id makes it harmless to send again what may have arrived already.
import { freshId } from "./fresh-id.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20000;
/** A message that was not answered by then is sent again. */
const ANSWER_MS = 30000;

export class Outbox {
  /** `arrived` is called with each message that the server has taken, and answers when it is shown; `rests` when nothing is under way. */
  constructor(room, { arrived, rests }) {
    this.room = room;
    this.arrived = arrived;
    this.rests = rests;
    this.place = room.querySelector("[data-outbox]");
    this.template = room.querySelector("[data-message-template]");
    this.key = `coup-outbox:${room.dataset.chat}:${room.dataset.me}`;
    this.memory = [];
    this.pause = FIRST_PAUSE_MS;
    this.sending = false;
    this.again = false;
    this.shown = new Map();
    addEventListener("storage", ({ key }) => key === this.key && this.show());
    this.show();
    this.send();
  }

  get waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      // Without storage it lives as long as the page.
      return this.memory;
    }
  }

  set waiting(all) {
    this.memory = all;
    try {
      if (all.length > 0) localStorage.setItem(this.key, JSON.stringify(all));
      else localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
    this.show();
  }

  add(content, replyToId) {
    this.waiting = [...this.waiting, { clientId: freshId(), content, replyToId }];
    this.pause = FIRST_PAUSE_MS;
    this.send();
  }

  change(clientId, change) {
    this.waiting = this.waiting.flatMap((one) => (one.clientId === clientId ? change(one) : [one]));
  }

  show() {
    const all = this.waiting;
    for (const [clientId, line] of this.shown) {
      if (all.some((one) => one.clientId === clientId)) continue;
      line.remove();
      this.shown.delete(clientId);
    }
    for (const one of all) {
      const line = this.shown.get(one.clientId) ?? this.line(one);
      const refused = one.words !== undefined;
      line.querySelector("[data-state]").textContent = this.room.dataset[refused ? "failed" : this.lost ? "waiting" : "sending"];
      line.querySelector("[data-refused]").hidden = !refused;
      const words = line.querySelector("[data-words]");
      words.hidden = !one.words;
      words.textContent = one.words ?? "";
    }
  }

  line({ clientId, content }) {
    const line = this.template.content.firstElementChild.cloneNode(true);
    line.querySelector("[data-content]").textContent = content;
    line.querySelector("[data-retry]").addEventListener("click", () => {
      this.change(clientId, ({ words, ...one }) => [one]);
      this.send();
    });
    line.querySelector("[data-remove]").addEventListener("click", () => this.change(clientId, () => []));
    this.shown.set(clientId, line);
    this.place.append(line);
    return line;
  }

  /** Sends what waits, in its order. Of several tabs one at a time does. */
  async send() {
    // What was added when the last one had just gone goes too.
    this.again = true;
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.again) {
        this.again = false;
        clearTimeout(this.timer);
        if (navigator.locks) await navigator.locks.request(this.key, () => this.sendAll());
        else await this.sendAll();
      }
    } finally {
      this.sending = false;
      this.rests();
    }
  }

  async sendAll() {
    for (;;) {
      const next = this.waiting.find((one) => one.words === undefined);
      if (!next) return;
      const { clientId, content, replyToId } = next;
      const body = JSON.stringify({ content, clientId, ...(replyToId && { replyToId }) });
      // What is refused is said in the page's language.
      const { lang } = document.documentElement;
      const headers = { accept: "application/json", "accept-language": lang, "content-type": "application/json" };
      const signal = AbortSignal.timeout(ANSWER_MS);
      const answer = await fetch(`${this.room.dataset.chat}/messages`, { method: "POST", credentials: "same-origin", headers, body, signal }).catch(() => null);
      if (answer?.ok) {
        this.lost = false;
        this.pause = FIRST_PAUSE_MS;
        // It is there, whatever becomes of the words of the answer.
        await this.arrived(await answer.json().catch(() => ({})));
        this.change(clientId, () => []);
      } else if (!answer || answer.status >= 500 || answer.status === 429) {
        this.lost = true;
        this.show();
        const wait = Math.max(this.pause, Number(answer?.headers.get("retry-after") ?? 0) * 1000);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
        this.timer = setTimeout(() => this.send(), wait);
        return;
      } else {
        const problem = await answer.json().catch(() => ({}));
        this.change(clientId, (one) => [{ ...one, words: problem.errors?.[0]?.message ?? problem.detail ?? answer.statusText }]);
      }
    }
  }
}
