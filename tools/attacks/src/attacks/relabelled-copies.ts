import type { Attack } from '../attack';
import { relabelled } from '../crafted-payload';
import { freshPayloads, startServer } from '../targets/codec-client';

const COPIES = 1_100;
const HONEST = 20;

/** Copies of one real payload under other names of its key, and then an outage of the key service. */
export const relabelledCopies: Attack = {
  id: 'relabelled-copies',
  title: `${COPIES.toLocaleString('en')} copies of a real payload under other regions of its key are decoded, then the key service fails`,
  bounds: [
    {
      name: 'payloads of another principal that open in the outage, of those that did before',
      unit: '',
      limit: 1,
      isAtLeast: true,
    },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const honest = await freshPayloads(scene, HONEST);
    await server.post('ada', 'decode', honest);
    const [first = {}] = honest;
    for (let copy = 0; copy < COPIES; copy++) {
      const region = `eu-west-${String(copy + 3)}`;
      const { status } = await server.post('mallory', 'decode', [relabelled(first, scene.key.arn, region)]);
      if (status === 404) throw new Error('The key does not take the copies for its own.');
    }
    scene.kms.next({ error: 'KMSInternalException' }, 10_000);
    let opened = 0;
    for (const payload of honest) {
      if ((await server.post('ada', 'decode', [payload])).status === 200) opened += 1;
    }
    await server.stop();
    return [opened / HONEST];
  },
};
