// One stream for all tabs of a browser: each tab has a port here.
import { Hearing } from "./hearing.js";

const ports = new Set();
let hearing;

function tell(told) {
  for (const port of ports) port.postMessage(told);
}

addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data }) => {
    if (data.hear) {
      ports.add(port);
      // After a sign-out the same address may be somebody else's.
      if (!hearing || hearing.ended) {
        hearing = new Hearing(data.hear, tell);
        hearing.run();
      }
      port.postMessage(hearing.stand());
    } else if (data.hurry) {
      hearing?.hurry();
    } else if (data.bye) {
      ports.delete(port);
      if (ports.size > 0 || !hearing) return;
      hearing.stop();
      hearing = undefined;
    }
  });
  port.start();
});
