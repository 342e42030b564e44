import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Attack } from '../attack';
import { sealedPayload, startServer } from '../targets/codec-client';

const REQUESTS = 5_000;
const AT_ONCE = 20;

/** Requests with a token that nobody has, and an audit log. */
export const unsignedFlood: Attack = {
  id: 'unsigned-flood',
  title: `${REQUESTS.toLocaleString('en')} requests that cannot be signed in, to a Codec Server with an audit log`,
  bounds: [
    { name: 'written to the audit log', unit: 'KiB', limit: 64 },
    {
      name: 'answers of a principal from the same address that are 200, of all',
      unit: '',
      limit: 1,
      isAtLeast: true,
    },
  ],
  async run(scene) {
    const directory = await mkdtemp(join(tmpdir(), 'waxseal-attacks-'));
    scene.cleanUp.add(() => rm(directory, { recursive: true, force: true }));
    const file = join(directory, 'audit.jsonl');
    const server = await startServer(scene, { ATTACKS_AUDIT: file });
    const sealed = await sealedPayload(server);
    const before = (await stat(file)).size;
    const flood = { left: REQUESTS };
    const flooded = Array.from({ length: AT_ONCE }, async () => {
      while (flood.left-- > 0) await server.post('nobody', 'decode', []);
    });
    await Promise.all(flooded);
    const written = (await stat(file)).size - before;
    let answered = 0;
    for (let count = 0; count < AT_ONCE; count++) {
      if ((await server.post('ada', 'decode', [sealed])).status === 200) answered += 1;
    }
    await server.stop();
    return [written / 1_024, answered / AT_ONCE];
  },
};
