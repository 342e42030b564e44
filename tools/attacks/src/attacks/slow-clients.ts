import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Attack } from '../attack';
import { plainPayload, startServer, type AttackedServer } from '../targets/codec-client';

const MIB = 2 ** 20;
const SENDERS = 16;
const READERS = 60;
const ASKED = 60;

/** Share of another principal's requests that are answered with 200. */
async function answeredOfAda(server: AttackedServer): Promise<number> {
  let answered = 0;
  for (let count = 0; count < ASKED; count++) {
    const { status } = await server.post('ada', 'decode', [plainPayload('order')]);
    if (status === 200) answered += 1;
  }
  return answered / ASKED;
}

/** Connections that announce much and send little. */
export const slowSenders: Attack = {
  id: 'slow-senders',
  title: `${String(SENDERS)} connections of one principal announce 16 MiB each and send a byte in a second`,
  bounds: [
    { name: 'answers of another principal that are 200, of all', unit: '', limit: 1, isAtLeast: true },
    { name: 'time until the last of them is cut off', unit: 's', limit: 8 },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const start = performance.now();
    const closed = Array.from({ length: SENDERS }, () => {
      const socket = server.open('mallory', 16 * MIB);
      const drip = setInterval(() => socket.write('x'), 1_000);
      return new Promise<number>((resolve) => {
        socket.resume().once('close', () => {
          clearInterval(drip);
          resolve((performance.now() - start) / 1000);
        });
      });
    });
    await sleep(200);
    const answered = await answeredOfAda(server);
    const last = Math.max(...(await Promise.all(closed)));
    await server.stop();
    return [answered, last];
  },
};

/** Connections that send large bodies and read nothing. */
export const slowReaders: Attack = {
  id: 'slow-readers',
  title: `${String(READERS)} connections of one principal ask for 14 MB each and read nothing`,
  bounds: [
    { name: 'memory of the server; the chart’s limit is 512 MiB', unit: 'MiB', limit: 512 },
    { name: 'answers of another principal that are 200, of all', unit: '', limit: 1, isAtLeast: true },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const body = JSON.stringify({ payloads: [{ data: Buffer.alloc(10.5 * MIB, 1).toString('base64') }] });
    const sockets: Socket[] = [];
    let most = 0;
    for (let count = 0; count < READERS; count++) {
      const socket = server.open('mallory', body.length);
      socket.pause();
      socket.write(body);
      sockets.push(socket);
      if (count % 6 === 5) await sleep(250);
      most = Math.max(most, (await server.vitals()).rssMiB);
    }
    const answered = await answeredOfAda(server);
    most = Math.max(most, (await server.vitals()).rssMiB);
    for (const socket of sockets) socket.destroy();
    await server.stop();
    return [most, answered];
  },
};
