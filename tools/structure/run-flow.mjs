// Runs one flow in a process of its own, and tells the parent which files of the packages had a function that ran in it.
import { randomBytes } from 'node:crypto';
import { Session } from 'node:inspector/promises';

const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' };
const payload = (text) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
});

/** Each prepares, and returns what is then watched. */
const FLOWS = {
  'first-encode': async () => {
    const { EnvelopeCodec, Keyring } = await import('@waxseal/core');
    const { LocalKey } = await import('@waxseal/local-key');
    return async () => {
      const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) });
      await new EnvelopeCodec({ keyring }).encode([payload('order')], context);
    };
  },
  'warm-encode': async () => {
    const { EnvelopeCodec, Keyring } = await import('@waxseal/core');
    const { LocalKey } = await import('@waxseal/local-key');
    const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) });
    const codec = new EnvelopeCodec({ keyring });
    await codec.encode([payload('order')], context);
    return () => codec.encode([payload('order')], context);
  },
  'masked-decode': async () => {
    const { EnvelopeCodec, Keyring } = await import('@waxseal/core');
    const { LocalKey } = await import('@waxseal/local-key');
    const { createCodecServer } = await import('@waxseal/codec-server');
    const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) });
    const codec = new EnvelopeCodec({ keyring });
    const token = randomBytes(32).toString('hex');
    const may = [{ namespaces: ['orders'], operations: ['decode'], policy: 'support' }];
    const server = createCodecServer({
      codec,
      auth: [{ type: 'bearer', tokens: [{ principal: 'ci', token, may }] }],
      policies: { support: { mask: [{ path: '$.card', show: { last: 4 } }] } },
      audit: () => undefined,
    });
    const [{ metadata, data }] = await codec.encode([payload({ card: '4111111111111111' })], context);
    const entries = Object.entries(metadata).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString('base64'),
    ]);
    const sealed = { metadata: Object.fromEntries(entries), data: Buffer.from(data).toString('base64') };
    return async () => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ payloads: [sealed] });
      const request = new globalThis.Request('http://localhost/orders/decode', {
        method: 'POST',
        headers,
        body,
      });
      const answer = await server.fetch(request);
      if (answer.status !== 200) throw new Error(await answer.text());
    };
  },
  'uri-to-kms': async () => {
    const { startAwsKmsDouble } = await import('@waxseal/testing');
    const { keyFromUri } = await import('@waxseal/config');
    await import('@waxseal/aws-kms');
    const kms = await startAwsKmsDouble();
    const { arn } = kms.createKey();
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIDDOUBLE0000000001',
      AWS_SECRET_ACCESS_KEY: 'secret-access-key-of-the-double',
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
    });
    return async () => {
      const key = await keyFromUri(`awskms:///${arn}`);
      await key.wrap(randomBytes(32), Buffer.from('waxseal/v1/data-key'));
      await kms.close();
    };
  },
};

const flow = await FLOWS[process.argv[2]]();
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
await session.post('Profiler.takePreciseCoverage');
await flow();
const { result } = await session.post('Profiler.takePreciseCoverage');
// Entries only export again what other files have.
const ran = result
  .filter(({ functions }) =>
    functions.some(({ functionName, ranges }) => functionName !== '' && ranges[0].count > 0),
  )
  .map(
    ({ url }) =>
      /\/packages\/((?!testing\/)[^/]+\/dist\/(?!(?:index|provider|internal)\.js).*)\.js$/.exec(url)?.[1],
  )
  .filter((file) => file !== undefined);
process.send([...new Set(ran)].sort(), () => process.exit(0));
