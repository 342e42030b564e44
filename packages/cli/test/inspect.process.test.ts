import { beforeAll, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { payloadOfJson, type PayloadJson, toProtojson } from '@waxseal/test-support';
import { aFailure } from './support/a-failure';
import { waxseal } from './support/waxseal';

const CARD = '4242424242424242';
let envelope: PayloadJson;
const plain = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: Buffer.from(CARD).toString('base64') };

beforeAll(async () => {
  const primary = new LocalKey({ id: 'orders', key: Buffer.alloc(32, 1) });
  const backup = new LocalKey({ id: 'break-glass\u202e', key: Buffer.alloc(32, 2) });
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary, additional: [backup] }) });
  const [encoded] = await codec.encode([payloadOfJson(CARD)], {
    type: 'workflow',
    namespace: 'payments',
    workflowId: 'w',
  });
  codec.close();
  envelope = toProtojson(encoded);
});

describe('waxseal inspect', () => {
  it('shows what is in clear, for each payload of a document, and no plaintext', async () => {
    const history = { events: [{ input: { payloads: [envelope] } }, { result: { payloads: [plain] } }] };
    const { exitCode, stdout, stderr } = await waxseal(['inspect'], JSON.stringify(history));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.indexOf('Payload 1')).toBeLessThan(stdout.indexOf('Payload 2'));
    expect(stdout).toMatch(/encoding +"binary\/envelope"\n/);
    expect(stdout).toMatch(/envelope +version 1, suite 1\n/);
    expect(stdout).toMatch(/key +"orders", wrapped key of \d+ bytes\n/);
    expect(stdout).toMatch(/also for +"break-glass\\u202e", wrapped key of \d+ bytes\n/);
    expect(stdout).toMatch(/context +namespace="payments"\n/);
    expect(stdout).toMatch(/encrypted +no/);
    expect(stdout).not.toContain(CARD);
    expect(stdout).not.toContain(plain.data);
  });

  it('prints JSON, and reads the data alone', async () => {
    const { stdout } = await waxseal(['inspect', '--json'], envelope.data);
    const [description] = JSON.parse(stdout) as [object];
    expect(description).toMatchObject({
      dataBytes: Buffer.from(envelope.data, 'base64').length,
      envelope: {
        version: 1,
        context: { namespace: 'payments' },
        wrappedKeys: [{}, { keyId: 'break-glass\u202e' }],
      },
    });
    expect(stdout).not.toContain('not-given');
  });

  it('exits with 1 on a malformed envelope, on text without payloads, and on a missing file', async () => {
    const broken = { ...envelope, data: 'AgE=' };
    const [malformed, none, missing] = await Promise.all([
      waxseal(['inspect'], JSON.stringify(broken)),
      waxseal(['inspect'], '{"a":1}'),
      waxseal(['inspect', '/nonexistent.json']),
    ]);
    expect(malformed).toMatchObject({ exitCode: 1, stderr: '' });
    expect(malformed.stdout).toMatch(/malformed +Format version 2/);
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION', 'No payload was found\\. [^\\n]+'));
    expect(missing.stderr).toMatch(
      aFailure('WAXSEAL_CONFIGURATION', '/nonexistent\\.json cannot be read \\(ENOENT\\)[^\\n]+'),
    );
  });

  it('counts at the end, and exits with 3 where something is in clear that is not to be', async () => {
    const both = `${JSON.stringify(envelope)}\n${JSON.stringify({ deep: [plain] })}\n`;
    const { exitCode, stdout, stderr } = await waxseal(['inspect', '--fail-on-plaintext'], both);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/Payload 1\n {2}in +-, line 1\n/);
    expect(stdout).toMatch(/Payload 2\n {2}in +-, line 2\n {2}field +deep\[0\]\n/);
    expect(stdout).toContain('2 payloads: 1 encrypted, 1 plaintext, 0 malformed\n');
    expect(stdout).toContain('  key "orders": 1\n');
    expect(stdout).toContain('  plaintext "json/plain": 1\n');
    expect(stderr).toContain('not to be told: 1 payloads and failures.');
    const sealed = await waxseal(['inspect', '--fail-on-plaintext'], JSON.stringify(envelope));
    expect(sealed).toMatchObject({ exitCode: 0, stderr: '' });
    const shorthand = '{"events":[{"workflowExecutionStartedEventAttributes":{"input":["one"],"memo":{}}}]}';
    const cannotTell = `${JSON.stringify(envelope)}\n${shorthand}`;
    expect(await waxseal(['inspect', '--fail-on-plaintext'], cannotTell)).toMatchObject({ exitCode: 3 });
  });

  it('prints an array, or a line for each payload and the totals, as the options say', async () => {
    const both = JSON.stringify([envelope, plain]);
    const { stdout } = await waxseal(['inspect', '--json'], both);
    expect(JSON.parse(stdout)).toMatchObject([
      { format: 'waxseal', keys: ['orders', 'break-glass\u202e'], keyId: 'orders' },
      { format: 'plaintext', encoding: 'json/plain', dataBytes: CARD.length },
    ]);
    expect(stdout).toBe(
      `${JSON.stringify(JSON.parse(stdout), undefined, 2).replaceAll('\u202e', '\\u202e')}\n`,
    );
    const lines = (await waxseal(['inspect', '--ndjson'], both)).stdout.trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object).includes('totals'))).toEqual([
      false,
      false,
      true,
    ]);
    const usage = await waxseal(['inspect', '--json', '--ndjson'], both);
    expect(usage.stderr).toContain("'--ndjson' cannot be used with option '--json'");
  });
});
