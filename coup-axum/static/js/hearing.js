// The stream itself: one connection to the API's server-sent events, which comes back by itself with what was missed.
// EventSource would do the same, but tells neither why it was refused nor that it has silently died.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10000;
/** So long waits who was replaced. */
const REPLACED_PAUSE_MS = 20000;
/** An answer that does not even begin by then is none. */
const ANSWER_MS = 15000;
/** The server says something every 15 s at least. */
const SILENCE_MS = 40000;
/** A session has ended; the browser may have another one already: who changes their password gets it with the answer. */
const ENDS = ["signed_out", "session_expired"];
/** So soon it is asked whether there is another one. */
const AGAIN_PAUSE_MS = 100;

export class Hearing {
  /**
   * `tell` gets `{name, data}`: `event`, `ephemeral`, `resync`, `cut` of the stream; `open`, `lost`, `absent` of its state; and
   * `begun` once it hears what comes, without what was before: only what is read after that misses nothing.
   */
  constructor(address, tell) {
    this.address = address;
    this.tell = tell;
    this.last = "";
    this.state = "opening";
    this.ended = false;
    /** Whether this connection catches up with nothing. */
    this.anew = true;
    this.hasBegun = false;
    /** When the last thing was heard that pages may show. */
    this.heardAt = 0;
    this.pause = FIRST_PAUSE_MS;
    /** Who is there, by study. */
    this.here = new Map();
    this.wake = () => {};
  }

  async run() {
    while (!this.ended) {
      await this.hear().catch(() => {});
      if (this.ended) return;
      this.becomes("lost");
      // Not all browsers of a school at the same instant.
      await this.waits(this.pause * (0.5 + Math.random()));
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Tries at once: the network is back, or somebody looks. */
  hurry() {
    if (this.state === "open") return;
    this.pause = FIRST_PAUSE_MS;
    this.wake();
  }

  stop() {
    this.ended = true;
    this.control?.abort();
    this.wake();
  }

  waits(time) {
    return new Promise((done) => {
      const timer = setTimeout(done, time);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  becomes(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell({ name: state });
  }

  async hear() {
    this.control = new AbortController();
    const headers = { accept: "text/event-stream" };
    if (this.last) headers["last-event-id"] = this.last;
    this.anew = this.last === "";
    const { control } = this;
    const { signal } = control;
    let silence = setTimeout(() => control.abort(), ANSWER_MS);
    try {
      const answer = await fetch(this.address, { headers, signal, cache: "no-store", credentials: "same-origin" });
      if (answer.status === 401) {
        this.ended = true;
        return this.tell({ name: "cut", data: { code: "signed_out" } });
      }
      if (answer.status === 404) {
        this.ended = true;
        return this.becomes("absent");
      }
      if (!answer.ok) return;
      this.here.clear();
      this.pause = FIRST_PAUSE_MS;
      this.becomes("open");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => control.abort(), SILENCE_MS);
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) this.reads(block);
        if (this.hasBegun) {
          this.hasBegun = false;
          this.tell({ name: "begun" });
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }

  reads(block) {
    let name = "message";
    let data = "";
    let moved = false;
    for (const line of block.split("\n")) {
      const [, field, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
      if (field === "event") name = value;
      else if (field === "data") data += value;
      else if (field === "id") {
        this.last = value;
        moved = true;
      }
    }
    if (data) this.takes({ name, data: JSON.parse(data) });
    // A place alone: the hearing of a scope begins here.
    else if (moved && this.anew) this.hasBegun = true;
  }

  takes(told) {
    if (told.name === "cut") {
      if (ENDS.includes(told.data.code)) {
        this.pause = AGAIN_PAUSE_MS;
        return;
      }
      // Another browser of the same person took the place; taking it back at once would never end.
      if (told.data.code === "replaced") this.pause = REPLACED_PAUSE_MS;
    }
    if (told.name === "ephemeral" && told.data.type === "presence") this.keeps(told.data);
    else if (told.data.type !== "typing") this.heardAt = Date.now();
    this.tell(told);
  }

  keeps({ scope, data }) {
    const people = new Set(data.here ?? this.here.get(scope.study));
    for (const id of data.online ?? []) people.add(id);
    for (const id of data.offline ?? []) people.delete(id);
    this.here.set(scope.study, people);
  }

  /** How things stand, for whoever begins to listen. */
  stand() {
    const here = Array.from(this.here, ([study, people]) => [study, [...people]]);
    return { name: "stand", state: this.state, here, heardAt: this.heardAt };
  }
}
