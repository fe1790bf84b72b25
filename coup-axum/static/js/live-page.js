// What every page does with what happens: numbers of unread messages, the tab's title, and a word for who may not see the
// study any more.
import { subscribe } from "./live.js";
import { unreadHere } from "./title.js";

const { me, study } = document.body.dataset;
const FRESH_MS = 700;
/** A stream that begins later than this after the page was asked for may have missed what changes a number. */
const LATE_MS = 2000;
const isChat = Boolean(document.querySelector("[data-chat]"));
let timer = 0;
let stale = false;
/** Whether the page says already why nothing more comes. */
let isOver = false;
/** Whether the reader signs out in this very page, which leads on by itself. */
let isLeaving = false;
/** What one was told of one's newest sanction. */
let reason = "";

/** Takes the parts that show numbers from the page as it is now: the server writes them, nobody else. */
async function freshen() {
  timer = 0;
  stale = document.hidden;
  if (stale) return;
  const shown = [...document.querySelectorAll("[data-fresh]")].filter((part) => !part.contains(document.activeElement));
  if (shown.length === 0) return;
  const address = new URL(location);
  // A chat that is open says itself what was read.
  if (isChat) address.search = "?part=room";
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of shown) {
    const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
  if (!isChat) showUnread();
}

function showUnread() {
  const counts = document.querySelectorAll('[data-fresh="mine"] [data-count], [data-fresh="side"] a[href$="/chat"] [data-count]');
  unreadHere([...counts].reduce((sum, count) => sum + Number(count.dataset.count), 0));
}

function soon() {
  timer ||= setTimeout(() => freshen().catch(() => {}), FRESH_MS);
}

/** Says in the place of the study what has become of it, until when, and where to go. */
function say({ code, until }) {
  const template = document.querySelector(`template[data-cut="${code}"]`);
  if (!template) return false;
  const note = template.content.firstElementChild.cloneNode(true);
  const end = note.querySelector("[data-until]");
  if (end && until) {
    const time = end.querySelector("time");
    time.dateTime = until;
    time.textContent = new Date(until).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    end.hidden = false;
  }
  const why = note.querySelector("[data-reason]");
  if (why && reason) {
    why.querySelector("q").textContent = reason;
    why.hidden = false;
  }
  document.querySelector("main").replaceChildren(note);
  document.querySelector(".side")?.remove();
  for (const link of document.querySelectorAll(`.bottom a[href*="/${study}"]`)) link.remove();
  unreadHere(0);
  note.focus();
  document.dispatchEvent(new CustomEvent("coup:gone"));
  isOver = true;
  return true;
}

/** Whether it changes a number that this page shows. */
function counts({ type, scope, data }) {
  if (type.startsWith("notification.")) return true;
  if (study && scope.study !== study) return false;
  // An open chat says itself what was read.
  if (type === "message.created") return data.userId !== me && !isChat;
  return /^(study|member)\./.test(type);
}

subscribe(({ name, data, heardAt }) => {
  if (name === "cut") {
    // Who is suspended is signed out, too: that the stream may not begin again is no news.
    if (isOver) return;
    if (data.code === "signed_out") {
      if (!isLeaving) location.reload();
    } else if (study && (data.code === "sanctioned" || data.studyId === study)) say(data);
    else soon();
  } else if (name === "event" && data.type === "sanction.imposed") reason = data.data.reason;
  else if (name === "event" && counts(data)) soon();
  else if (name === "ephemeral" && data.type === "message.read" && data.from === me) soon();
  else if (name === "resync") soon();
  // What others of this browser heard while this page was on its way.
  else if (name === "stand" && heardAt > performance.timeOrigin) soon();
  else if (name === "begun" && performance.now() > LATE_MS) soon();
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-leaves]")) isLeaving = true;
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && stale) soon();
});
if (!isChat) showUnread();
