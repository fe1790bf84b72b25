// The chat's room: new messages by asking every few seconds, sending without leaving the page, and a notice while the
// connection is lost. What was typed is kept until it has arrived.

const room = document.querySelector("[data-chat]");
const { chat: address, me, zone } = room.dataset;
const live = room.dataset.live === "true";
const list = room.querySelector("[data-list]");
const scroll = room.querySelector("[data-scroll]");
const template = room.querySelector("[data-message-template]");
const offline = room.querySelector("[data-offline]");
const composer = room.querySelector("[data-composer]");
const field = composer?.querySelector("textarea");

const LOOK_MS = 3000;
const LOOK_HIDDEN_MS = 20000;
const LONGEST_PAUSE_MS = 30000;
const GROUP_MS = 5 * 60 * 1000;
const PAGE = 50;

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language === "en" ? "en-US" : language, { hour: "numeric", minute: "2-digit", timeZone: zone });
const dayName = new Intl.DateTimeFormat(language === "en" ? "en-US" : language, { year: "numeric", month: "long", day: "numeric", weekday: "long", timeZone: zone });
const dayCode = new Intl.DateTimeFormat("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });

let last = Number(room.dataset.last);
let failures = 0;
let read = 0;
/** Messages on their way, by client id. */
const unsent = new Map();
/** The client ids of messages that have arrived, by message id. */
const arrived = new Map();
let timer = 0;
let looking = false;

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function tone(id) {
  let sum = 0;
  for (const byte of new TextEncoder().encode(id)) sum = (Math.imul(sum, 31) + byte) >>> 0;
  return sum % 6;
}

function initial(name) {
  const letter = Array.from(name).find((one) => /[\p{L}\p{N}]/u.test(one));
  return letter ? letter.toUpperCase() : "·";
}

function atEnd() {
  // In a column-reverse scroller the end is at zero.
  return Math.abs(scroll.scrollTop) < 80;
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}

function lastLine() {
  const lines = list.querySelectorAll(".message");
  return lines[lines.length - 1];
}

function dayLine(at) {
  const line = document.createElement("li");
  line.className = "day";
  line.dataset.day = dayCode.format(at);
  const time = document.createElement("time");
  time.dateTime = line.dataset.day;
  time.textContent = dayName.format(at);
  line.append(time);
  return line;
}

function messageLine(message) {
  const at = new Date(message.createdAt);
  const before = lastLine();
  const name = message.author?.name ?? room.dataset.gone;
  const line = template.content.firstElementChild.cloneNode(true);
  line.dataset.seq = message.seq ?? "";
  line.dataset.author = message.userId;
  line.dataset.at = at.toISOString();
  if (message.seq) line.id = `m-${message.seq}`;
  const own = message.userId === me;
  const days = list.querySelectorAll(".day");
  const newDay = days[days.length - 1]?.dataset.day !== dayCode.format(at);
  const grouped = !newDay && before?.dataset.author === message.userId && at - new Date(before.dataset.at) < GROUP_MS;
  line.classList.add(grouped ? "message--inner" : "message--first");
  if (own) line.classList.add("message--own");
  const shown = line.querySelector("[data-name]");
  shown.textContent = name;
  if (grouped || own) {
    shown.parentElement.className = "visually-hidden";
    line.querySelector(".message__side")?.remove();
  } else {
    const avatar = line.querySelector("[data-avatar]");
    avatar.classList.add(`avatar--tone-${tone(message.userId)}`);
    if (message.author?.avatar) {
      const picture = document.createElement("img");
      picture.src = message.author.avatar;
      picture.alt = "";
      avatar.append(picture);
    } else {
      avatar.textContent = message.author?.name ? initial(name) : "·";
    }
  }
  if (grouped) before.querySelector(".message__meta time")?.classList.add("visually-hidden");
  line.querySelector("[data-content]").textContent = message.deletedAt ? room.dataset.now : message.content;
  if (message.deletedAt) line.classList.add("message--gone");
  line.querySelector("[data-edited]").hidden = !message.editedAt || Boolean(message.deletedAt);
  const time = line.querySelector("[data-time]");
  time.dateTime = line.dataset.at;
  time.textContent = clock.format(at);
  return { line, newDay, at };
}

function add(message) {
  const { line, newDay, at } = messageLine(message);
  if (newDay) list.append(dayLine(at));
  room.querySelector("[data-empty]")?.remove();
  list.append(line);
  return line;
}

/** Puts messages in, each once; what is on its way stays below them. */
function take(messages) {
  const stay = atEnd();
  for (const message of messages.toSorted((one, other) => one.seq - other.seq)) {
    if (message.seq <= last) continue;
    last = message.seq;
    const clientId = arrived.get(message.id);
    unsent.get(clientId)?.line.remove();
    unsent.delete(clientId);
    add(message);
    for (const { line } of unsent.values()) list.append(line);
  }
  if (stay) toEnd();
}

async function call(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { accept: "application/json", "content-type": "application/json" } });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail ?? answer.statusText), { status: answer.status });
  }
  return answer.status === 204 ? null : answer.json().catch(() => null);
}

function connected(yes) {
  failures = yes ? 0 : failures + 1;
  if (offline) offline.hidden = yes;
}

async function look() {
  if (looking) return;
  looking = true;
  clearTimeout(timer);
  try {
    let page;
    do {
      page = await call(`${address}?after=${last}&limit=${PAGE}`);
      const known = last;
      take(page.items);
      // A full page that brought nothing new would go on for ever.
      if (last === known) break;
    } while (page.items.length === PAGE);
    connected(true);
    for (const [clientId, waiting] of unsent) if (waiting.lost) send(clientId, waiting);
    await markRead();
  } catch (error) {
    // Signed out, kicked, gone: the page itself says what has happened.
    if ([401, 403, 404].includes(error.status)) return location.reload();
    connected(false);
  } finally {
    looking = false;
  }
  timer = setTimeout(look, pause());
}

function pause() {
  const usual = document.hidden ? LOOK_HIDDEN_MS : LOOK_MS;
  return Math.min(usual * 2 ** Math.min(failures, 4), Math.max(usual, LONGEST_PAUSE_MS));
}

async function markRead() {
  if (document.hidden || !atEnd() || last <= read) return;
  const seq = last;
  await call(`${address}/read`, { method: "POST", body: JSON.stringify({ seq }) });
  read = seq;
}

async function send(clientId, waiting) {
  waiting.lost = false;
  waiting.line.querySelector("[data-failed]").hidden = true;
  waiting.line.querySelector("[data-time]").textContent = room.dataset.sending;
  try {
    const message = await call(address, { method: "POST", body: JSON.stringify({ content: waiting.content, clientId }) });
    connected(true);
    arrived.set(message.id, clientId);
    if (message.seq <= last) {
      // It had arrived before its answer did, and stands in the list already.
      waiting.line.remove();
      unsent.delete(clientId);
    } else if (message.seq === last + 1) {
      take([message]);
    } else {
      // Others were faster: their messages come first, and ours with them.
      await look();
    }
  } catch (error) {
    if (error.status && error.status < 500 && error.status !== 429) {
      // Refused for good: the words go back to where they were written.
      waiting.line.remove();
      unsent.delete(clientId);
      if (field.value === "") field.value = waiting.content;
      const { showToast } = await import("./toast.js");
      showToast(error.message || room.dataset.failed);
      return;
    }
    waiting.lost = true;
    waiting.line.querySelector("[data-failed]").hidden = false;
    waiting.line.querySelector("[data-time]").textContent = room.dataset.failed;
    connected(false);
  }
}

function sendTyped() {
  const content = field.value.trim();
  if (content === "") return;
  const clientId = freshId();
  const line = add({ userId: me, author: { name: "" }, content, createdAt: new Date().toISOString() });
  line.classList.add("message--unsent");
  const waiting = { line, content, lost: false };
  unsent.set(clientId, waiting);
  line.querySelector("[data-retry]").addEventListener("click", () => send(clientId, waiting));
  field.value = "";
  keepDraft();
  toEnd();
  send(clientId, waiting);
}

// A draft outlives a reload, but not the tab: the computer may be shared.
const DRAFT = `coup-draft:${address}:${me}`;
function keepDraft() {
  try {
    if (field.value) sessionStorage.setItem(DRAFT, field.value);
    else sessionStorage.removeItem(DRAFT);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

if (composer && live) {
  composer.addEventListener("submit", (event) => {
    // An answer goes the form's own way.
    if (composer.elements.replyToId) return;
    event.preventDefault();
    sendTyped();
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    // While a syllable is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  field.addEventListener("input", keepDraft);
  try {
    if (field.value === "") field.value = sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    // No storage, no draft.
  }
  room.querySelector("[data-keys]").hidden = false;
  addEventListener("beforeunload", (event) => {
    if (unsent.size > 0) event.preventDefault();
  });
}

if (live) {
  room.querySelector("[data-read]")?.remove();
  addEventListener("online", look);
  addEventListener("offline", () => connected(false));
  look();
}
