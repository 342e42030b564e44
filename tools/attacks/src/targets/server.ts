// A Codec Server with two principals that may decode, until it is told to stop.
import { createHash } from 'node:crypto';
import { createCodecServer, listen } from '@waxseal/codec-server';
import { EnvelopeCodec } from '@waxseal/core';

import { keyringOfTarget, tellParent, variable } from './target';

async function main(): Promise<void> {
  const codec = new EnvelopeCodec({ keyring: keyringOfTarget() });
  await codec.warmUp();
  const tokens = ['mallory', 'ada'].map((principal) => ({
    principal,
    tokenSha256: createHash('sha256')
      .update(variable(`ATTACKS_TOKEN_${principal.toUpperCase()}`))
      .digest('hex'),
    may: [{ namespaces: ['orders'], operations: ['decode', 'encode'] as const }],
  }));
  const server = createCodecServer({ codec, allowEncode: true, auth: [{ type: 'bearer', tokens }] });
  const listening = await listen(server, { port: 0 });
  process.once('SIGTERM', () => {
    process.exit(0);
  });
  tellParent(listening.url);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
