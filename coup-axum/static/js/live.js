// What happens, for every page: `subscribe` to it. However many tabs there are, one of them or a shared worker holds the one
// stream of the browser.
import { freshId } from "./fresh-id.js";
import { Hearing } from "./hearing.js";

const { stream, me } = document.body.dataset;
const address = stream && new URL(stream, location).href;
/** Of one person at one API: after a sign-out the same address is somebody else's. */
const name = `coup-live ${me} ${address}`;
const listeners = new Set();
let hurryUp = () => {};
let ask = () => {};
let begun = false;
let hasTold = false;

/** Whether there is anything to subscribe to. */
export const isLive = Boolean(stream);

/** Calls `listener` with all that is told from now on, among the first with how things stand. */
export function subscribe(listener) {
  listeners.add(listener);
  if (!begun) begin();
  // What was told before it listened, it asks for.
  else if (hasTold) ask();
}

function tell(told) {
  hasTold = true;
  for (const listener of listeners) listener(told);
}

function begin() {
  if (!isLive) return;
  begun = true;
  if ("SharedWorker" in globalThis) throughWorker();
  else withoutWorker();
  addEventListener("online", () => {
    hurryUp();
    // The stream may have lived through it.
    ask();
  });
  // A page that is taken out of the browser's cache goes on.
  addEventListener("pageshow", ({ persisted }) => persisted && ask());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) hurryUp();
  });
}

function withoutWorker() {
  if (navigator.locks && "BroadcastChannel" in globalThis) throughLeader();
  else alone();
}

function throughWorker() {
  const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name });
  const { port } = worker;
  port.addEventListener("message", ({ data }) => tell(data));
  // A browser that knows no modules in workers.
  worker.addEventListener("error", withoutWorker, { once: true });
  port.start();
  ask = () => port.postMessage({ hear: address });
  ask();
  hurryUp = () => port.postMessage({ hurry: true });
  addEventListener("pagehide", () => port.postMessage({ bye: true }));
}

/** The tab that holds the lock hears, and tells the others. */
function throughLeader() {
  const channel = new BroadcastChannel(name);
  const tab = freshId();
  let hearing;
  const both = (told) => {
    tell(told);
    channel.postMessage(told);
  };
  channel.addEventListener("message", ({ data }) => {
    if (data.asks) hearing && channel.postMessage({ ...hearing.stand(), to: data.asks });
    else if (data.hurry) hearing?.hurry();
    else if (!data.to || data.to === tab) tell(data);
  });
  ask = () => (hearing ? tell(hearing.stand()) : channel.postMessage({ asks: tab }));
  ask();
  hurryUp = () => (hearing ? hearing.hurry() : channel.postMessage({ hurry: true }));
  navigator.locks.request(name, () => {
    hearing = new Hearing(address, both);
    return hearing.run();
  });
}

function alone() {
  const hearing = new Hearing(address, tell);
  hurryUp = () => hearing.hurry();
  ask = () => tell(hearing.stand());
  hearing.run();
}
