import type { Attack } from '../attack';
import { craftedPayload } from '../crafted-payload';
import { startServer } from '../targets/codec-client';

const PAYLOADS = 5_000;

/** Payloads that cannot be opened, where each is answered by itself. */
export const placeholder: Attack = {
  id: 'placeholder',
  title: `One request of ${PAYLOADS.toLocaleString('en')} crafted payloads, where each has a placeholder (\`onPayloadError\`)`,
  bounds: [
    { name: 'key requests', unit: '', limit: 16 },
    { name: 'payloads in the answer, of all', unit: '', limit: 1, isAtLeast: true },
  ],
  async run(scene) {
    const server = await startServer(scene, { ATTACKS_PLACEHOLDER: 'yes' });
    const before = scene.kms.requests.length;
    const attack = Array.from({ length: PAYLOADS }, () => craftedPayload(scene.key.arn));
    const { payloads } = await server.post('mallory', 'decode', attack);
    await server.stop();
    return [scene.kms.requests.length - before, payloads.length / PAYLOADS];
  },
};
