// What happens, for every page: `subscribe` to it. However many tabs there are, one of them or a shared worker holds the one
// stream of the browser.
import { Hearing } from "./hearing.js";

const { stream, me } = document.body.dataset;
const address = stream && new URL(stream, location).href;
const listeners = new Set();
let hurryUp = () => {};
let ask = () => {};
let begun = false;

/** Whether there is anything to subscribe to. */
export const isLive = Boolean(stream);

/** Calls `listener` with all that is told from now on, among the first with how things stand. */
export function subscribe(listener) {
  listeners.add(listener);
  // What was told before it listened, it asks for.
  if (begun) ask();
  else begin();
}

function tell(told) {
  for (const listener of listeners) listener(told);
}

function begin() {
  if (!isLive) return;
  begun = true;
  if ("SharedWorker" in globalThis) throughWorker();
  else if (navigator.locks && "BroadcastChannel" in globalThis) throughLeader();
  else alone();
  addEventListener("online", () => hurryUp());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) hurryUp();
  });
}

function throughWorker() {
  const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name: `coup-live ${me}` });
  const { port } = worker;
  const hear = () => port.postMessage({ hear: address });
  port.addEventListener("message", ({ data }) => tell(data));
  // A browser that knows no modules in workers.
  worker.addEventListener("error", () => (navigator.locks ? throughLeader() : alone()), { once: true });
  port.start();
  hear();
  ask = hear;
  hurryUp = () => port.postMessage({ hurry: true });
  addEventListener("pagehide", () => port.postMessage({ bye: true }));
  // A page that is taken out of the browser's cache goes on.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) hear();
  });
}

/** The tab that holds the lock hears, and tells the others. */
function throughLeader() {
  const name = `coup-live ${me}`;
  const channel = new BroadcastChannel(name);
  let hearing;
  const both = (told) => {
    tell(told);
    channel.postMessage(told);
  };
  channel.addEventListener("message", ({ data }) => {
    if (data.asks) hearing && channel.postMessage(hearing.stand());
    else if (data.hurry) hearing?.hurry();
    else tell(data);
  });
  ask = () => (hearing ? tell(hearing.stand()) : channel.postMessage({ asks: true }));
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
