const { randomBytes } = require('node:crypto');
const { EnvelopeCodec, Keyring, UnknownKeyError } = require('@waxseal/core');
const { LocalKey } = require('@waxseal/local-key');
const { EnvelopePlugin } = require('@waxseal/temporal');
const { failureConverter } = require('@waxseal/temporal/failure-converter');
const { createCodecServer } = require('@waxseal/codec-server');

async function main() {
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) }),
  });
  const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"secret"') };
  const [sealed] = await codec.encode([payload]);
  const [opened] = await codec.decode([sealed]);
  if (Buffer.from(opened.data).toString() !== '"secret"') throw new Error('the payload did not come back');
  const other = new EnvelopeCodec({
    keyring: new Keyring({ primary: new LocalKey({ id: 'o', key: randomBytes(32) }) }),
  });
  const error = await other.decode([sealed]).catch((caught) => caught);
  if (!(error instanceof UnknownKeyError) || error.keyId !== 'k')
    throw new Error('the error has another class');
  new EnvelopePlugin({ codec });
  if (typeof failureConverter.errorToFailure !== 'function') throw new Error('no failure converter');
  if (typeof createCodecServer({ codec }).fetch !== 'function') throw new Error('no codec server');
  console.log('used');
}

main();
