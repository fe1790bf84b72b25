// Clients of Socket.IO, for the Rust suite: a line of JSON in asks for something, lines of JSON out say what clients heard.
'use strict';

const { io } = require('socket.io-client');
const readline = require('node:readline');

const clients = new Map();

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

const orders = {
  connect({ client, url, options }) {
    const socket = io(url, { forceNew: true, reconnection: false, timeout: 10000, ...options });
    clients.set(client, socket);
    const heard = (got, data) => say({ client, got, data });
    socket.on('connect', () => heard('connect', { transport: socket.io.engine.transport.name }));
    socket.on('connect_error', (error) => heard('connect_error', { message: error.message }));
    socket.on('disconnect', (reason) => heard('disconnect', { reason }));
    socket.io.on('close', () => heard('closed', null));
    for (const name of ['event', 'ephemeral', 'resync', 'cut']) {
      socket.on(name, (...data) => heard(name, data.length === 1 ? data[0] : data));
    }
  },
  ask({ client, ask, event, body }) {
    clients.get(client).emit(event, ...body, (answer) => say({ client, got: 'answer', ask, data: answer }));
  },
  send({ client, event, body }) {
    clients.get(client).emit(event, ...body);
  },
  // As it goes over the wire, for what no official client would send.
  raw({ client, text }) {
    clients.get(client).io.engine.write(text);
  },
  disconnect({ client }) {
    clients.get(client).disconnect();
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  orders[order.do](order);
}).on('close', () => process.exit(0));
