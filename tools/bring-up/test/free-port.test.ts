import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { freePort } from '../src';

it('a free port is none that the system gives to connections, and can be bound', async () => {
  const ports = await Promise.all(Array.from({ length: 30 }, () => freePort()));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  const server = createServer().listen(ports[0], '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
});
