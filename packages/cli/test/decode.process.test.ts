import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { ZlibCodec } from '@waxseal/compression';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { payloadOfJson, toProtojson, type PayloadJson } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { waxseal, type Ended } from './support/waxseal';

const CUSTOMER = '{"name":"Ada","card":"4242424242424242","id":12345678901234567890}';
let directory: string;
let config: string;
let sealed: PayloadJson;
let ofOthers: PayloadJson;

const orders = temporaryDirectory('waxseal-decode-keys-');
const keyFile = join(orders, 'keys.json');

async function seal(key: LocalKey, text: string): Promise<PayloadJson> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const [payload] = await codec.encode([payloadOfJson(text)], {
    type: 'workflow',
    namespace: 'orders',
    workflowId: 'order-1',
  });
  codec.close();
  return toProtojson(payload);
}

beforeAll(async () => {
  createLocalKeyringFile(keyFile, { id: 'orders' });
  sealed = await seal(LocalKey.fromFile(keyFile), CUSTOMER);
  ofOthers = await seal(new LocalKey({ id: 'others', key: Buffer.alloc(32, 7) }), '"theirs"');
});

beforeEach(() => {
  directory = temporaryDirectory('waxseal-decode-');
  config = join(directory, 'waxseal.config.json');
  configure({});
});

function configure(server: object, envelope: object = {}): void {
  const primaryKey = localKeyUri(keyFile, 'orders');
  writeFileSync(config, JSON.stringify({ primaryKey, envelope, server }));
}

const decode = (input: unknown, ...args: string[]): Promise<Ended> =>
  waxseal(['decode', '--config', config, ...args], typeof input === 'string' ? input : JSON.stringify(input));

const dataOf = (payload: PayloadJson | undefined): string =>
  Buffer.from(payload?.data ?? '', 'base64').toString('utf8');

const history = (...payloads: PayloadJson[]) => ({
  events: [
    {
      eventId: '1',
      workflowExecutionStartedEventAttributes: {
        input: { payloads },
        header: { fields: { trace: toProtojson(payloadOfJson('"t"')) } },
        searchAttributes: { indexedFields: { Customer: toProtojson(payloadOfJson('"x"')) } },
      },
    },
  ],
});

describe('waxseal decode', () => {
  it('decompresses what was compressed before it was sealed, where the configuration says so', async () => {
    const large = JSON.stringify({ name: 'Ada', note: 'leave at the door '.repeat(100) });
    const [packed] = await new ZlibCodec({ padding: 'padme' }).encode([payloadOfJson(large)]);
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(keyFile) }) });
    const [both] = await codec.encode([packed ?? {}], {
      type: 'workflow',
      namespace: 'orders',
      workflowId: 'w',
    });
    codec.close();
    const given = history(toProtojson(both), toProtojson(packed));
    const primaryKey = localKeyUri(keyFile, 'orders');
    writeFileSync(config, JSON.stringify({ primaryKey, compression: 'zlib' }));
    const { stdout, exitCode } = await decode(given);
    const shown = JSON.parse(stdout) as typeof given;
    const { payloads } = shown.events[0]?.workflowExecutionStartedEventAttributes.input ?? {};
    expect([exitCode, payloads?.map(dataOf)]).toEqual([0, [large, large]]);
    const inspected = await waxseal(['inspect', '--json'], JSON.stringify(given));
    expect(inspected.stdout).toMatch(/"format":\s*"plaintext"/);
    expect(inspected.stdout).not.toMatch(/"format":\s*"unseen"/);
  });

  it('prints the same JSON with its payloads decoded, in base64 or to be read', async () => {
    const given = history(sealed);
    const { exitCode, stdout, stderr } = await decode(given, '--namespace', 'orders');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `waxseal: Configuration: ${config}\n` });
    expect(JSON.parse(stdout)).toEqual(history(toProtojson(payloadOfJson(CUSTOMER))));
    const readable = await decode(given, '--readable');
    expect(readable.stdout).toContain(`"payloads": [\n            ${CUSTOMER}\n          ]`);
    const lines = await decode(
      `${JSON.stringify(sealed)}\n${JSON.stringify({ a: [sealed] })}\n`,
      '--readable',
    );
    expect(lines.stdout).toBe(`${CUSTOMER}\n{"a":[${CUSTOMER}]}\n`);
  });

  it('puts a text in the place of what it cannot decode, decodes the others, and exits with 1', async () => {
    const broken = { ...sealed, data: 'AgE=' };
    const { exitCode, stdout, stderr } = await decode([ofOthers, sealed, broken], '--readable');
    expect(exitCode).toBe(1);
    const [unknown, , malformed] = JSON.parse(stdout) as string[];
    expect(unknown).toMatch(/^\[unreadable: WAXSEAL_UNKNOWN_KEY\]/);
    expect(malformed).toMatch(/^\[unreadable: WAXSEAL_MALFORMED_ENVELOPE\]/);
    expect(stdout).toContain(CUSTOMER);
    expect(stderr).toMatch(/1 not decoded: WAXSEAL_UNKNOWN_KEY: /);
    expect(stderr).toMatch(/2 of 3 payloads could not be decoded\.\n$/);
  });

  it('refuses payloads of another namespace', async () => {
    const { exitCode, stdout } = await decode(sealed, '--namespace', 'invoices', '--readable');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^"\[unreadable: WAXSEAL_CONTEXT_MISMATCH\]/);
    expect(stdout).not.toContain('4242');
  });

  it('leaves headers alone that a codec which requires encryption would refuse', async () => {
    configure({}, { requireEncryption: true });
    expect(await decode(history(sealed))).toMatchObject({ exitCode: 0 });
    expect(await decode(toProtojson(payloadOfJson('1')))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('WAXSEAL_UNENCRYPTED_PAYLOAD'),
    });
  });

  it('shows what a policy allows, and asks for one where there are some', async () => {
    const policies = { support: { mask: [{ path: '$.card', show: { last: 4 } }] }, nobody: 'denied' };
    configure({ policies });
    const refused = await decode(sealed);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('Name one with --policy: "support", "nobody", or full');
    expect((await decode(sealed, '--policy', 'else')).stderr).toContain('no decode policy "else"');
    expect((await decode(sealed, '--policy', 'nobody')).stderr).toContain('it shows nothing');
    const masked = await decode(sealed, '--policy', 'support', '--readable');
    expect(masked.stdout).toContain('"****4242"');
    expect(masked.stdout).not.toContain('42424242');
    const full = await decode(sealed, '--policy', 'full', '--readable');
    expect(full.stdout).toContain(CUSTOMER);
  });

  it('records the run in the chained audit log before it shows anything, or refuses', async () => {
    const audit = join(directory, 'audit.jsonl');
    configure({ audit });
    await decode([sealed, ofOthers], '--namespace', 'orders');
    await decode([sealed]);
    const [first = '', second = ''] = readFileSync(audit, 'utf8').split('\n');
    expect(JSON.parse(first)).toMatchObject({
      principal: userInfo().username,
      method: 'local',
      namespace: 'orders',
      operation: 'decode',
      policies: [],
      keyIds: ['orders/v1', 'others'],
      named: null,
      payloadCount: 2,
      unreadableCount: 1,
      outcome: 'partial',
      status: 0,
    });
    expect(JSON.parse(second)).toMatchObject({ namespace: null, outcome: 'allowed', payloadCount: 1 });
    const verified = await waxseal(['audit', 'verify', audit]);
    expect(verified).toMatchObject({ exitCode: 0 });
    expect(verified.stdout).toMatch(/^2 lines: 2 intact in 2 chains/);
    const queried = await waxseal(['audit', 'query', '--key', 'others', audit]);
    expect(queried.stdout).toContain('decode in "orders": partial');

    const cannot = await decode(sealed, '--audit', '/dev/full');
    expect(cannot).toMatchObject({ exitCode: 1, stdout: '' });
    expect(cannot.stderr).toContain('The audit log cannot be written, so nothing is shown.');
    const absent = await decode(sealed, '--audit', join(directory, 'no', 'audit.jsonl'));
    expect(absent).toMatchObject({ exitCode: 1, stdout: '' });
    expect((await decode(sealed, '--audit', 'stdout')).stderr).toContain('give --out');
  });

  it('signs the record with the key of the audit log', async () => {
    const audit = join(directory, 'audit.jsonl');
    const key = join(directory, 'audit.key');
    writeFileSync(key, 'k'.repeat(32), { mode: 0o600 });
    await decode(sealed, '--audit', audit, '--audit-key-file', key);
    expect(await waxseal(['audit', 'verify', audit, '--audit-key-file', key])).toMatchObject({ exitCode: 0 });
  });

  it('writes to a new file that only its owner can read, and leaves none behind after a failure', async () => {
    const out = join(directory, 'out.json');
    const { stdout } = await decode(sealed, '--out', out, '--audit', 'stdout');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(dataOf(JSON.parse(readFileSync(out, 'utf8')) as PayloadJson)).toBe(CUSTOMER);
    expect(JSON.parse(stdout)).toMatchObject({ method: 'local', outcome: 'allowed' });
    chmodSync(out, 0o644);
    expect((await decode(sealed, '--out', out)).stderr).toContain('is there already');
    const other = join(directory, 'other.json');
    expect(await decode('{"a":1}', '--out', other)).toMatchObject({ exitCode: 1, stdout: '' });
    expect(existsSync(other)).toBe(false);
    expect(existsSync(out)).toBe(true);
  });

  it('says what it cannot read, without any of it', async () => {
    const data = await decode(sealed.data);
    expect(data.stderr).toContain('give the whole payload in JSON');
    const text = await decode('{"secret": "4242", oops');
    expect(text.stderr).toMatch(/not valid JSON: see line 1, column 20/);
    expect(text.stderr).not.toContain('4242');
    expect((await decode('', '--run-id', 'x')).stderr).toContain('--run-id goes with --workflow-id');
  });
});
