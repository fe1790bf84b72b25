// The chat's room, live: what others say comes by itself, what one says is sent without leaving the page and kept until it has
// arrived. Without this module the page works by links and forms.
import { Lines } from "./chat-lines.js";
import { Outbox } from "./chat-outbox.js";
import { People } from "./chat-people.js";
import { isLive, subscribe } from "./live.js";
import { unreadHere } from "./title.js";

const LOOK_MS = 5000;
const READERS_MS = 1500;
const READ_MS = 300;
const AGAIN_MS = 3000;
/** Why one may not see it any more is told a moment after one may not. */
const WHY_MS = 2500;

const room = document.querySelector("[data-chat]");
const { me, study } = room.dataset;
const lines = new Lines(room);
const people = new People(room);
const more = room.querySelector("[data-new]");
/** A page in the past shows the past. */
const isNewest = room.dataset.live === "true";
let outbox;
let unseen = 0;
let read = 0;
let gone = false;
let readersDue = 0;
let readDue = 0;
let isOpen = false;
/** What is to be asked once the stream is open. */
const owed = new Set();
/** Whether something of one's own was told while it was being sent. */
let heldBack = false;
let polls = 0;
const DRAFT = `coup-draft:${room.dataset.chat}:${me}`;

const isSeen = () => !document.hidden && lines.atEnd();

function showUnseen() {
  more.hidden = unseen === 0;
  more.textContent = more.dataset.new.replace("{name}", unseen);
  unreadHere(unseen);
}

async function markRead() {
  readDue = 0;
  if (gone || !isSeen() || lines.last <= read) return;
  const seq = lines.last;
  unseen = 0;
  showUnseen();
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${room.dataset.chat}/messages/read`, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify({ seq }) });
  if (answer.ok) read = Math.max(read, seq);
  else if (answer.status >= 429) throw new Error("not marked as read");
}

function seen() {
  if (isSeen()) readDue ||= setTimeout(() => markRead().catch((error) => failed(error, seen)), READ_MS);
}

/** Puts in what is new; whoever is further up is told how much. */
async function catchUp() {
  const before = lines.atEnd();
  const others = await lines.catchUp();
  if (others > 0 && (!before || document.hidden)) {
    unseen += others;
    showUnseen();
  }
  seen();
}

/** What failed is asked `again`, now and then or when the stream comes back. */
function failed({ status }, again) {
  if (gone) return;
  // What has become of it the stream says, or else the page itself.
  if ([401, 403, 404].includes(status)) setTimeout(() => gone || location.reload(), WHY_MS);
  else if (isOpen) setTimeout(again, AGAIN_MS * (0.5 + Math.random()));
  else owed.add(again);
}

/** One at a time, however often it is asked for; what is asked for meanwhile is done once more. */
function gathered(work) {
  let running = false;
  let wanted = false;
  return async function again() {
    wanted = true;
    if (running) return;
    running = true;
    try {
      while (wanted && !gone) {
        wanted = false;
        await work();
      }
    } catch (error) {
      failed(error, again);
    } finally {
      running = false;
    }
  };
}

const look = gathered(catchUp);
const renew = gathered(refresh);
const renewFoot = gathered(refreshFoot);

async function refresh() {
  const others = await lines.refresh();
  if (others > 0 && !isSeen()) {
    unseen += others;
    showUnseen();
  }
  seen();
}

/** Takes the foot as it is now: whether one may write has changed perhaps. */
async function refreshFoot() {
  const answer = await fetch(`${room.dataset.room}?part=room`, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw Object.assign(new Error("no room"), { status: answer.redirected ? 401 : answer.status });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-chat]");
  if (!fresh || fresh.dataset.posting === room.dataset.posting) return;
  keepDraft();
  room.dataset.posting = fresh.dataset.posting;
  room.querySelector("[data-foot]").replaceWith(fresh.querySelector("[data-foot]"));
  bind();
}

function field() {
  return room.querySelector("[data-composer] textarea");
}

// A draft outlives a reload, but not the tab: the computer may be shared.
function keepDraft() {
  const typed = field()?.value;
  try {
    if (typed) sessionStorage.setItem(DRAFT, typed);
    else if (typed === "") sessionStorage.removeItem(DRAFT);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

function sendTyped(composer) {
  const typed = field();
  const content = typed.value.trim();
  if (content === "") return;
  const reply = composer.elements.replyToId;
  outbox.add(content, reply?.value);
  reply?.remove();
  room.querySelector("[data-replying]")?.remove();
  // Sent once: neither a reload nor a way back answers it again.
  if (reply) history.replaceState(null, "", room.dataset.room);
  typed.value = "";
  keepDraft();
  people.tell(false);
  lines.toEnd();
  typed.focus();
}

/** Gives the foot its doings; it may have been replaced. */
function bind() {
  room.querySelector("[data-read]")?.remove();
  const composer = room.querySelector("[data-composer]");
  if (!composer) return;
  const typed = field();
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    sendTyped(composer);
  });
  typed.addEventListener("keydown", (event) => {
    // While a syllable is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  typed.addEventListener("input", () => {
    keepDraft();
    if (isLive) people.tell(typed.value.trim() !== "");
  });
  try {
    if (typed.value === "") typed.value = sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    // No storage, no draft.
  }
  room.querySelector("[data-keys]").hidden = false;
}

function connected(yes) {
  const notice = room.querySelector("[data-offline]");
  if (notice) notice.hidden = yes;
}

/** How things stand, of the stream itself. */
function stands(state, here) {
  isOpen = state === "open";
  if (state === "open") {
    connected(true);
    // Who comes to a stream that others hear already may have missed what was said before.
    if (here) owed.add(renew);
    for (const again of owed) again();
    owed.clear();
    outbox.send();
  } else if (state === "lost") {
    connected(false);
    // Who is there nobody knows now.
    people.presence({ here: [] });
  } else if (state === "absent") {
    polls ||= setInterval(look, LOOK_MS);
  }
  const mine = here?.find(([id]) => id === study);
  if (mine) people.presence({ here: mine[1] });
}

const OF_THE_FOOT = ["role_changed", "study_closed", "study_hidden", "sanctioned"];

function hear({ name, data, state, here }) {
  if (gone) return;
  if (name === "stand") return stands(state, here);
  if (["open", "lost", "absent"].includes(name)) return stands(name);
  // What was said between the page and the beginning of the stream.
  if (name === "begun") return renew();
  if (name === "cut") {
    if (OF_THE_FOOT.includes(data.code) && (!data.studyId || data.studyId === study)) renewFoot();
    return;
  }
  if (name === "resync" && (!data.scope || data.scope.study === study)) return renew();
  if (data?.scope?.study !== study) return;
  const { type, from } = data;
  if (type === "message.created") {
    people.stops(data.data.userId);
    // What one sends oneself is shown once, when it has arrived.
    if (data.data.userId === me && outbox.sending) heldBack = true;
    else if (data.data.seq > lines.last) look();
  } else if (type === "message.edited") lines.refreshOne(data.data.seq).catch((error) => failed(error, renew));
  else if (type === "message.deleted") {
    const line = lines.list.querySelector(`[data-message-id="${CSS.escape(data.data.id)}"]`);
    if (line) lines.refreshOne(line.dataset.seq).catch((error) => failed(error, renew));
  } else if (type === "study.updated" || type === "study.closed") renewFoot();
  else if (type === "typing") people.writes(from, data.data.on);
  else if (type === "presence") people.presence(data.data);
  else if (type === "message.read") hearRead(from, data.data.seq);
}

function hearRead(from, seq) {
  if (from === me) {
    // Read on another device.
    if (seq >= lines.last) {
      read = Math.max(read, seq);
      unseen = 0;
      showUnseen();
    }
    return;
  }
  readersDue ||= setTimeout(() => {
    readersDue = 0;
    renew();
  }, READERS_MS);
}

if (isNewest) {
  outbox = new Outbox(room, {
    async arrived({ seq }) {
      if (seq <= lines.last) return;
      heldBack = false;
      await catchUp().catch((error) => failed(error, look));
    },
    rests() {
      if (heldBack) look();
      heldBack = false;
    },
  });
  bind();
  more.addEventListener("click", () => {
    lines.toEnd();
    seen();
  });
  lines.scroll.addEventListener("scroll", seen, { passive: true });
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("coup:gone", () => {
    gone = true;
  });
  addEventListener("offline", () => connected(false));
  addEventListener("online", () => outbox.send());
  if (isLive) subscribe(hear);
  else polls = setInterval(look, LOOK_MS);
  seen();
}
