// The room's lines. Their HTML comes from the server, always; here it is put into its place.

const AT_END = 80;
/** What has not come by then does not come; those behind it shall not wait for ever. */
const ANSWER_MS = 20000;

export class Lines {
  constructor(room) {
    this.room = room;
    this.list = room.querySelector("[data-list]");
    this.log = this.list.parentElement;
    this.scroll = room.querySelector("[data-scroll]");
    this.last = Number(room.dataset.last);
    this.one = Promise.resolve();
    this.older();
  }

  atEnd() {
    // In a column-reverse scroller the end is at zero.
    return Math.abs(this.scroll.scrollTop) < AT_END;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  has(seq) {
    return this.list.querySelector(`#m-${seq}`);
  }

  /** One after the other: what is being put in must not be put in again. */
  inTurn(work) {
    this.one = this.one.catch(() => {}).then(work);
    return this.one;
  }

  async fetched(query) {
    const asked = { headers: { accept: "text/html" }, signal: AbortSignal.timeout(ANSWER_MS) };
    const answer = await fetch(`${this.room.dataset.room}?part=lines&${query}`, asked);
    if (!answer.ok || answer.redirected) throw Object.assign(new Error("no lines"), { status: answer.redirected ? 401 : answer.status });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-lines]");
  }

  /** Puts in all that is newer than what is here; answers how many messages of others. */
  catchUp() {
    return this.inTurn(async () => {
      let others = 0;
      for (;;) {
        // With the last one again, so that the server knows what follows on it.
        const lines = await this.fetched(`after=${Math.max(this.last - 1, 0)}`);
        const known = this.last;
        others += this.keeps(() => this.appends(lines));
        if (!lines.dataset.newer || this.last === known) return others;
      }
    });
  }

  appends(lines) {
    let others = 0;
    let day = null;
    for (const line of [...lines.children]) {
      const seq = Number(line.dataset.seq ?? 0);
      if (line.matches(".day")) {
        day = line;
        continue;
      }
      if (seq <= this.last) {
        day = null;
        this.patch(line);
        continue;
      }
      const before = this.list.querySelector(".message:last-of-type");
      const days = this.list.querySelectorAll(".day");
      if (day && days[days.length - 1]?.dataset.day !== day.dataset.day) this.list.append(day);
      else if (before && line.matches(".message--inner")) this.hideTime(before);
      day = null;
      this.room.querySelector("[data-empty]")?.remove();
      this.list.append(line);
      this.last = seq;
      if (!line.matches(".message--own")) others += 1;
    }
    return others;
  }

  hideTime(line) {
    line.querySelector(".message__meta time")?.classList.add("visually-hidden");
  }

  /** Does something to the list, and leaves what is read where it is. */
  keeps(change) {
    const stay = this.atEnd();
    const top = this.scroll.getBoundingClientRect().top;
    const anchor = [...this.list.children].find((line) => line.getBoundingClientRect().bottom > top);
    const was = anchor?.getBoundingClientRect().top;
    const answer = change();
    if (stay) this.toEnd();
    else if (anchor?.isConnected) this.scroll.scrollTop += anchor.getBoundingClientRect().top - was;
    return answer;
  }

  /** Shows a message as it is now: edited, deleted, read by more. */
  patch(fresh) {
    const line = this.has(fresh.dataset.seq);
    if (!line) return;
    const isHeld = line.contains(document.activeElement);
    // What somebody is at stays, except words that are not to be seen any more.
    if ((isHeld || line.querySelector("form, details[open]")) && !fresh.matches(".message--gone")) return;
    const hidden = line.querySelector(".message__meta time")?.matches(".visually-hidden");
    fresh.querySelector(".message__meta time")?.classList.toggle("visually-hidden", Boolean(hidden));
    for (const look of ["message--gone", "message--mentions"]) line.classList.toggle(look, fresh.matches(`.${look}`));
    if (!fresh.querySelector(".message__answers")) line.querySelector(".message__answers")?.remove();
    const [now, then] = [fresh.querySelector(".message__line"), line.querySelector(".message__line")];
    if (now.innerHTML !== then.innerHTML) then.replaceWith(now);
    if (isHeld && !line.contains(document.activeElement)) this.scroll.focus({ preventScroll: true });
  }

  /** Shows one message as it is now. */
  refreshOne(seq) {
    if (!this.has(seq)) return this.one;
    return this.inTurn(async () => {
      const lines = await this.fetched(`only=${seq}`);
      for (const line of lines.querySelectorAll("[data-seq]")) this.patch(line);
    });
  }

  /** Shows the newest messages as they are now. Where too much was missed, the list begins anew. */
  refresh() {
    return this.inTurn(async () => {
      const lines = await this.fetched("");
      const messages = [...lines.querySelectorAll("[data-seq]")];
      const [first] = messages;
      if (first && Number(first.dataset.seq) > this.last + 1) {
        this.log.setAttribute("aria-busy", "true");
        this.list.replaceChildren(...lines.children);
        this.last = Number(messages.at(-1).dataset.seq);
        this.leadsOn(lines.dataset.older);
        this.log.removeAttribute("aria-busy");
        this.toEnd();
        return 0;
      }
      for (const message of messages) if (this.has(message.dataset.seq)) this.patch(message);
      return this.keeps(() => this.appends(lines));
    });
  }

  /** What is older comes when one gets near it. */
  older() {
    const place = this.room.querySelector(".room__older a[href*='before=']");
    if (!place) return;
    this.seen?.disconnect();
    this.seen = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && this.loadOlder(new URL(place.href).searchParams.get("before")),
      { root: this.scroll, rootMargin: "400px 0px" },
    );
    this.seen.observe(place.parentElement);
  }

  loadOlder(before) {
    this.seen?.disconnect();
    return this.inTurn(async () => {
      const lines = await this.fetched(`before=${before}`);
      // Not read out: one has scrolled to it.
      this.log.setAttribute("aria-live", "off");
      this.keeps(() => {
        const days = lines.querySelectorAll(".day");
        const first = this.list.querySelector(".day");
        if (first && days[days.length - 1]?.dataset.day === first.dataset.day) first.remove();
        this.list.prepend(...lines.children);
      });
      this.leadsOn(lines.dataset.older);
      requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
    }).catch(() => this.older());
  }

  leadsOn(older) {
    const link = this.room.querySelector(".room__older a[href*='before=']");
    if (!link) return;
    if (!older) return link.parentElement.remove();
    link.href = `${this.room.dataset.room}?before=${older}`;
    this.older();
  }
}
