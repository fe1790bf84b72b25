// npm's socket.io as a study's chat: rooms, acknowledgements, the events of CoUp's specification. It keeps nothing, asks nobody
// and writes nothing: what CoUp does besides telling, this one is spared.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { pingInterval: 20_000, pingTimeout: 15_000 });
const heads = new Map();

io.on("connection", (socket) => {
  socket.on("study:join", ({ studyId }, acknowledge) => {
    socket.join(studyId);
    acknowledge({ ok: true, seq: heads.get(studyId) ?? 0 });
  });
  socket.on("message:send", ({ studyId, content, clientId }, acknowledge) => {
    const seq = (heads.get(studyId) ?? 0) + 1;
    heads.set(studyId, seq);
    const at = new Date().toISOString();
    // As CoUp's `message.created`, of the same length.
    const message = {
      id: "0199e5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57",
      studyId,
      seq,
      clientId,
      userId: "0199e5c8-7d1c-7f3a-9d6e-2f4b8c1a0e58",
      author: { id: "0199e5c8-7d1c-7f3a-9d6e-2f4b8c1a0e58", name: "이서연", avatar: null },
      content,
      mentions: [],
      fileId: null,
      replyToId: null,
      replyTo: null,
      editedAt: null,
      deletedAt: null,
      createdAt: at,
      updatedAt: at,
    };
    io.to(studyId).emit("event", { seq, scope: { study: studyId }, type: "message.created", at, data: message });
    acknowledge({ ok: true, message });
  });
});

// Memory is read after its collector has been.
createInterface({ input: process.stdin }).on("line", () => {
  globalThis.gc();
  console.log("collected");
});
http.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(http.address().port));
