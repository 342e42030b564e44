import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { failureConverter } from '@waxseal/temporal/failure-converter';
import { createCodecServer } from '@waxseal/codec-server';

const codec = new EnvelopeCodec({
  keyring: new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) }),
});
const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"secret"') };
const [opened] = await codec.decode(await codec.encode([payload]));
if (Buffer.from(opened.data).toString() !== '"secret"') throw new Error('the payload did not come back');
new EnvelopePlugin({ codec });
if (typeof failureConverter.errorToFailure !== 'function') throw new Error('no failure converter');
if (typeof createCodecServer({ codec }).fetch !== 'function') throw new Error('no codec server');
const required = createRequire(import.meta.url)('@waxseal/core');
if (required.EnvelopeCodec !== EnvelopeCodec) throw new Error('import and require give two copies of core');
console.log('used');
