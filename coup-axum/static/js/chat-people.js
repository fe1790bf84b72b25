// Who is here, and who is writing.

const TYPING_MS = 6000;
const TELL_MS = 3000;
const NAMED = 3;

export class People {
  constructor(room) {
    this.room = room;
    this.names = new Map();
    this.here = new Set();
    this.typing = new Map();
    this.toldAt = 0;
  }

  /** The names of all members, once somebody is there whose name is not known. */
  async name(ids) {
    if (ids.every((id) => this.names.has(id))) return;
    // Who came while they were read stands in them perhaps not.
    if (this.naming) return void (this.again = ids);
    this.naming = true;
    try {
      let cursor = "";
      do {
        const answer = await fetch(`${this.room.dataset.members}?limit=100${cursor}`, { headers: { accept: "application/json" } });
        if (!answer.ok) break;
        const page = await answer.json();
        for (const { user } of page.items) if (user.name) this.names.set(user.id, user.name);
        cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : "";
      } while (cursor);
    } finally {
      this.naming = false;
      this.show();
    }
    const { again } = this;
    this.again = undefined;
    if (again) await this.name(again);
  }

  presence({ here, online, offline }) {
    if (here) this.here = new Set(here);
    for (const id of online ?? []) this.here.add(id);
    for (const id of offline ?? []) {
      this.here.delete(id);
      this.stops(id);
    }
    this.show();
    this.name([...this.here]).catch(() => {});
  }

  writes(id, on) {
    clearTimeout(this.typing.get(id));
    if (on) this.typing.set(id, setTimeout(() => this.stops(id), TYPING_MS));
    else this.typing.delete(id);
    this.show();
    this.name([id]).catch(() => {});
  }

  stops(id) {
    clearTimeout(this.typing.get(id));
    if (this.typing.delete(id)) this.show();
  }

  show() {
    const others = [...this.here].filter((id) => id !== this.room.dataset.me && this.names.has(id));
    const names = others.slice(0, NAMED).map((id) => this.names.get(id)).join(", ");
    const more = others.length > NAMED ? ` +${others.length - NAMED}` : "";
    const now = this.room.querySelector("[data-here-now]");
    if (now) {
      now.hidden = others.length === 0;
      now.textContent = this.room.dataset.here.replace("{name}", names + more);
    }
    const line = this.room.querySelector("[data-typing-now]");
    const writing = [...this.typing.keys()].filter((id) => this.names.has(id));
    if (!line) return;
    if (writing.length === 0) line.textContent = "";
    else if (writing.length === 1) line.textContent = this.room.dataset.typing.replace("{name}", this.names.get(writing[0]));
    else line.textContent = this.room.dataset.typingMany;
  }

  /** Tells the others that one writes, now and then, or has stopped. */
  tell(on) {
    const now = Date.now();
    if (on ? now - this.toldAt < TELL_MS : this.toldAt === 0) return;
    this.toldAt = on ? now : 0;
    const headers = { "content-type": "application/json" };
    fetch(`${this.room.dataset.chat}/typing`, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify({ on }) }).catch(() => {});
  }
}
