// A Codec Server with two principals that may decode, and one that sees masked values only, until it is told
// to stop.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';

import { createCodecServer, jsonLinesAudit, listen } from '@waxseal/codec-server';
import { EnvelopeCodec } from '@waxseal/core';

import { keyringOfTarget, tellParent, variable } from './target';

async function main(): Promise<void> {
  const codec = new EnvelopeCodec({ keyring: keyringOfTarget() });
  await codec.warmUp();
  const tokenOf = (principal: string) => ({
    principal,
    tokenSha256: createHash('sha256')
      .update(variable(`ATTACKS_TOKEN_${principal.toUpperCase()}`))
      .digest('hex'),
  });
  const namespaces = ['orders', 'billing'];
  const tokens = [
    ...['mallory', 'ada'].map((principal) => ({
      ...tokenOf(principal),
      may: [{ namespaces, operations: ['decode', 'encode'] as const, policy: 'full' }],
    })),
    { ...tokenOf('eve'), may: [{ namespaces, operations: ['decode'] as const, policy: 'masked' }] },
  ];
  const auditFile = process.env['ATTACKS_AUDIT'];
  const server = createCodecServer({
    codec,
    allowEncode: true,
    auth: [{ type: 'bearer', tokens }],
    policies: { masked: { mask: ['card', 'b', 'c', 'd'].map((name) => ({ path: `$..${name}` })) } },
    onPayloadError: process.env['ATTACKS_PLACEHOLDER'] === undefined ? 'fail' : 'placeholder',
    ...(auditFile === undefined
      ? {}
      : { audit: jsonLinesAudit(createWriteStream(auditFile, { flags: 'a' })) }),
  });
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
