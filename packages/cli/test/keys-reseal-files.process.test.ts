import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Payload, SerializationContext } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { jsonPayload, toProtojson, type PayloadJson } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { startWaxseal, waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
const uri = (name: string): string => `local://${join(directory, `${name}.json`)}#${name}`;
const OLD_AND_NEW = ['--primary-key', uri('new'), '--decrypt-key', uri('old')];
const CONTEXT = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
/** What `JSON.parse` would lose, and layout that nothing else has. */
const ODD = '{"big":12345678901234567890123,\t"tiny":1e-400, "text":"\\u00e9\\/" }';

const codecs: EnvelopeCodec[] = [];
let folder: string;
let file: string;
let number = 0;

function codecOf(primary: string, ...decryptOnly: readonly string[]): EnvelopeCodec {
  const key = (id: string): LocalKey => LocalKey.fromFile(join(directory, `${id}.json`), id);
  const keyring = new Keyring({ primary: key(primary), decryptOnly: decryptOnly.map(key) });
  const codec = new EnvelopeCodec({ keyring, binding: 'workflow' });
  codecs.push(codec);
  return codec;
}

async function sealed(
  value: unknown,
  codec: EnvelopeCodec,
  context: SerializationContext | 'none' = CONTEXT,
): Promise<PayloadJson> {
  const [payload] = await codec.encode([jsonPayload(value)], context === 'none' ? undefined : context);
  return toProtojson(payload);
}

function fromProtojson({ metadata, data }: PayloadJson): Payload {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, bytes(text)])),
    data: bytes(data),
  };
}

async function opened(
  payload: PayloadJson,
  codec: EnvelopeCodec,
  context: SerializationContext = CONTEXT,
): Promise<unknown> {
  const [payloadOut] = await codec.decode([fromProtojson(payload)], context);
  return JSON.parse(Buffer.from(payloadOut?.data ?? []).toString()) as unknown;
}

const reseal = (...args: string[]): Promise<Ended> =>
  waxseal(['keys', 'reseal', 'files', ...OLD_AND_NEW, ...args], '', { HOME: directory });

const keysIn = async (path: string): Promise<readonly string[]> => {
  const { stdout } = await waxseal(['inspect', '--json', path]);
  return [...new Set([...stdout.matchAll(/"((?:old|new|lost)\/v\d)"/g)].map(([, key]) => key ?? ''))].sort();
};

/** A history in a layout of nobody's, with envelopes under both keys and one in clear. */
async function history(value = 'first'): Promise<string> {
  const [old, fresh] = [codecOf('old'), codecOf('new')];
  const first = JSON.stringify(await sealed(value, old), undefined, 3);
  const second = JSON.stringify(await sealed('second', fresh));
  const clear = JSON.stringify(toProtojson(jsonPayload('clear')));
  const event = (id: number, payload: string): string =>
    `{"eventId":"${String(id)}",\r\n  "workflowExecutionSignaledEventAttributes":{"input":{"payloads":[${payload}]}}}`;
  return `\uFEFF{ "odd" :${ODD},"events":[${[first, second, clear].map((text, index) => event(index + 1, text)).join(' ,')}]}\n\n`;
}

beforeAll(() => {
  for (const id of ['old', 'new', 'lost']) createLocalKeyringFile(join(directory, `${id}.json`), { id });
});
beforeEach(async () => {
  number += 1;
  folder = join(directory, `exports-${String(number)}`);
  mkdirSync(folder);
  file = join(folder, 'history.json');
  writeFileSync(file, await history(), { mode: 0o640 });
});
afterAll(() => {
  for (const codec of codecs) codec.close();
});

describe('waxseal keys reseal files', () => {
  it('changes key ID and data of what is under another key, and no other byte', async () => {
    const before = readFileSync(file, 'utf8');
    const record = join(directory, 'record.ndjson');
    const { exitCode, stdout, stderr } = await reseal(file, '--yes', '--record', record);
    expect(stdout).toBe(
      `${JSON.stringify(file)}: resealed, 1 payload "old/v1" → "new/v1"\n1 file: 1 resealed, 0 with something left or failed\n`,
    );
    expect(exitCode).toBe(0);
    const after = readFileSync(file, 'utf8');
    const firstOf = (text: string): PayloadJson =>
      JSON.parse(/\{\s+"metadata"[^]*?"data": "[^"]*"\s+\}/.exec(text)?.[0] ?? '') as PayloadJson;
    const [was, is] = [firstOf(before), firstOf(after)];
    const [keyId = ''] = [was.metadata['encryption-key-id']];
    const newId = is.metadata['encryption-key-id'] ?? '';
    expect(after).toBe(before.replace(keyId, newId).replace(was.data, is.data));
    // The new key alone opens it, for the workflow that it was for and no other.
    expect(await opened(is, codecOf('new'))).toBe('first');
    const other = { ...CONTEXT, workflowId: 'order-2' };
    await expect(opened(is, codecOf('new'), other)).rejects.toMatchObject({
      code: 'WAXSEAL_CONTEXT_MISMATCH',
    });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['history.json']);
    const recorded = readFileSync(record, 'utf8');
    expect(JSON.parse(recorded)).toMatchObject({
      command: 'reseal files',
      file,
      result: 'resealed',
      payloads: [{ from: ['old/v1'], to: ['new/v1'], count: 1 }],
      leftCount: 0,
    });
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(stdout + stderr + recorded).not.toContain('first');
  });

  it('finds nothing to do the second time, and leaves the file alone', async () => {
    await reseal(file, '--yes');
    const { ino, mtimeMs } = statSync(file);
    const { exitCode, stdout } = await reseal(file, '--yes');
    expect([exitCode, stdout]).toEqual([0, '1 file: 0 resealed, 0 with something left or failed\n']);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });

  it('says in a dry run what it would do, and changes nothing', async () => {
    const before = readFileSync(file);
    const { exitCode, stdout } = await reseal(folder, '--dry-run', '--record', join(folder, 'record'));
    expect(stdout).toContain('to be resealed, 1 payload "old/v1" → "new/v1"');
    expect(stdout).toContain(
      '1 file: 1 to be resealed, 0 with something left or failed. Nothing was changed.',
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['history.json']);
  });

  it('asks, where nobody can answer, for --yes; and refuses a key that is in use', async () => {
    expect(await reseal(file)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
    const used = await reseal(file, '--yes', '--from', 'new');
    expect([used.exitCode, used.stderr]).toEqual([1, expect.stringContaining('--from names a key')]);
  });

  it('keeps what an envelope is bound to, whatever the binding of the configuration', async () => {
    const whole = await sealed('bound', codecOf('old'));
    const unbound = await sealed('free', codecOf('old'), 'none');
    writeFileSync(file, `${JSON.stringify(whole)}\n${JSON.stringify(unbound)}\n`);
    const config = join(directory, 'unbound.json');
    writeFileSync(config, '{ "envelope": { "binding": "none" } }');
    expect((await reseal(file, '--yes', '--config', config)).exitCode).toBe(0);
    const [first, second] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as PayloadJson);
    const other = { ...CONTEXT, workflowId: 'order-2' };
    if (first === undefined || second === undefined) throw new Error('There are no two lines.');
    expect(await opened(first, codecOf('new'))).toBe('bound');
    await expect(opened(first, codecOf('new'), other)).rejects.toMatchObject({
      code: 'WAXSEAL_CONTEXT_MISMATCH',
    });
    expect(await opened(second, codecOf('new'), other)).toBe('free');
  });

  it('opens and seals the envelope only, and not what codecs before it made', async () => {
    const config = join(directory, 'chain.config.mjs');
    writeFileSync(
      config,
      `const mark = Buffer.from('binary/upside-down');
       const refuse = () => { throw new Error('The inner codec is not to be asked.'); };
       export default {
         primaryKey: ${JSON.stringify(uri('new'))}, decryptKeys: [${JSON.stringify(uri('old'))}],
         codecs: [{ encode: refuse, decode: refuse }],
       };`,
    );
    const packed: Payload = {
      metadata: { encoding: Buffer.from('binary/packed') },
      data: Buffer.of(1, 2, 3),
    };
    const [payload] = await codecOf('old').encode([packed], CONTEXT);
    writeFileSync(file, JSON.stringify(toProtojson(payload)));
    const { exitCode, stderr } = await waxseal([
      'keys',
      'reseal',
      'files',
      '--config',
      config,
      file,
      '--yes',
    ]);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('chain.config.mjs')]);
    const [inner] = await codecOf('new').decode(
      [fromProtojson(JSON.parse(readFileSync(file, 'utf8')) as PayloadJson)],
      CONTEXT,
    );
    expect(Buffer.from(inner?.metadata?.['encoding'] ?? []).toString()).toBe('binary/packed');
    expect([...(inner?.data ?? [])]).toEqual([1, 2, 3]);
  });

  it('leaves and names what no key opens and what another codec has encrypted', async () => {
    const lost = await sealed('lost', codecOf('lost'));
    const foreign = toProtojson({
      metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('theirs') },
      data: Buffer.of(1),
    });
    const old = await sealed('old', codecOf('old'));
    const twice = JSON.stringify(old).replace('"data"', '"data":"","data"');
    writeFileSync(file, `[${[lost, foreign, old].map((each) => JSON.stringify(each)).join()},${twice}]`);
    const { exitCode, stdout } = await reseal(file, '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('resealed, 1 payload "old/v1" → "new/v1"');
    expect(stdout).toMatch(/left: \[0\] \("lost\/v1"\): .*lost/);
    expect(stdout).toContain('left: [1] ("theirs"): it is encrypted by another codec, or cannot be read');
    expect(stdout).toContain('left: [3]: its data stand in it twice');
    expect(await keysIn(file)).toEqual(['lost/v1', 'new/v1', 'old/v1']);
    const chosen = await reseal(file, '--dry-run', '--from', 'theirs');
    expect([chosen.exitCode, chosen.stdout]).toEqual([1, expect.not.stringContaining('lost/v1')]);
  });

  it('takes folders, and says what it did not look at and what is no JSON, and goes on', async () => {
    mkdirSync(join(folder, 'deeper'));
    writeFileSync(join(folder, 'a-broken.json'), '{"metadata":');
    writeFileSync(
      join(folder, 'deeper', 'lines.ndjson'),
      `${JSON.stringify(await sealed(1, codecOf('old')))}\n`,
    );
    writeFileSync(join(folder, 'x.json.gz'), '');
    const { exitCode, stdout } = await reseal(folder, join(folder, 'none.json'), '--yes', '--json');
    const report = JSON.parse(stdout) as { readonly files: readonly object[] };
    expect(report).toMatchObject({
      looked: 4,
      resealed: 2,
      left: 2,
      notLooked: [expect.stringContaining('x.json.gz')],
    });
    expect(report.files).toMatchObject([
      { result: 'failed', because: 'it is not valid JSON at byte 12' },
      { result: 'resealed' },
      { result: 'resealed' },
      { result: 'failed', because: 'it cannot be read (ENOENT)' },
    ]);
    expect(exitCode).toBe(1);
    mkdirSync(join(folder, 'empty'));
    const empty = await reseal(join(folder, 'empty'), '--yes');
    expect([empty.exitCode, empty.stderr]).toEqual([1, expect.stringContaining('No file is called')]);
  });

  it('follows links, does a file once, and refuses one that has other names', async () => {
    symlinkSync(file, join(folder, 'link.json'));
    const { exitCode, stdout } = await reseal(folder, join(folder, 'link.json'), '--yes');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 file: 1 resealed')]);
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
    expect(await keysIn(join(folder, 'link.json'))).toEqual(['new/v1']);
    const linked = join(folder, 'linked.json');
    writeFileSync(linked, await history());
    linkSync(linked, join(directory, 'other-name.json'));
    const refused = await reseal(linked, '--yes');
    expect([refused.exitCode, refused.stdout]).toEqual([1, expect.stringContaining('2 names (hard links)')]);
    expect(await keysIn(linked)).toContain('old/v1');
  });

  it('writes to another folder, wholly, and knows what it has written there', async () => {
    mkdirSync(join(folder, 'deeper'));
    writeFileSync(join(folder, 'deeper', 'clear.json'), '{"nothing":1}');
    const output = join(directory, 'output');
    const before = readFileSync(file);
    const first = await reseal(folder, '--output', output);
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining('clear.json": copied')]);
    expect(readFileSync(file)).toEqual(before);
    expect(readFileSync(join(output, 'deeper', 'clear.json'), 'utf8')).toBe('{"nothing":1}');
    expect(await keysIn(join(output, 'history.json'))).toEqual(['new/v1']);
    expect(statSync(join(output, 'history.json')).mode & 0o777).toBe(0o640);
    const made = readFileSync(join(output, 'history.json'));
    const second = await reseal(folder, '--output', output);
    expect([second.exitCode, second.stdout]).toEqual([
      0,
      expect.stringContaining('2 files: 0 resealed, 0 with'),
    ]);
    expect(readFileSync(join(output, 'history.json'))).toEqual(made);
    writeFileSync(file, (await history()).replace('tiny', 'tidy'));
    const other = await reseal(folder, '--output', output);
    expect([other.exitCode, other.stdout]).toEqual([
      1,
      expect.stringContaining('is there already, and is not'),
    ]);
    expect(readFileSync(join(output, 'history.json'))).toEqual(made);
    // The same text around what is another value.
    writeFileSync(file, await history('fifth'));
    const forged = await reseal(folder, '--output', output);
    expect([forged.exitCode, forged.stdout]).toEqual([
      1,
      expect.stringContaining('is there already, and is not'),
    ]);
    const same = await reseal(file, join(output, 'history.json'), '--output', join(directory, 'both'));
    expect([same.exitCode, same.stderr]).toEqual([1, expect.stringContaining('would both become')]);
  });

  it('changes nothing where it cannot write, and leaves nothing behind', async () => {
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    const { exitCode, stdout } = await reseal(file, '--yes');
    chmodSync(folder, 0o700);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('cannot be written (EACCES)')]);
    expect(readdirSync(folder)).toEqual(['history.json']);
  });
});

describe('a large file', () => {
  const hidden = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('.'));

  /** Some 50 MiB on one line, and the run of the command once it writes. */
  async function begin(): Promise<{
    readonly child: ReturnType<typeof startWaxseal>;
    readonly before: Buffer;
  }> {
    const line = JSON.stringify(await sealed('x'.repeat(6_000), codecOf('old')));
    writeFileSync(file, `[${Array.from({ length: 6_000 }, () => line).join()}]`);
    const before = readFileSync(file);
    const child = startWaxseal(['keys', 'reseal', 'files', ...OLD_AND_NEW, file, '--yes'], {
      HOME: directory,
    });
    child.stdin?.end();
    while (hidden().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return { child, before };
  }

  it('is as it was when the command is killed, and the next run clears up', async () => {
    const { child, before } = await begin();
    const end = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await end;
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(hidden()).toHaveLength(1);
    expect(existsSync(file)).toBe(true);
    const { exitCode, stdout } = await reseal(folder, '--yes');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('resealed, 6000 payloads "old/v1"')]);
    expect(hidden()).toEqual([]);
    expect((await reseal(file, '--yes')).stdout).toContain('1 file: 0 resealed');
  });

  it('is left as it is when somebody changes it meanwhile', async () => {
    const { child, before } = await begin();
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const { atime, mtime } = statSync(file);
    appendFileSync(file, '\n');
    utimesSync(file, atime, mtime);
    const exitCode = await new Promise((resolve) => child.once('close', resolve));
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('failed: it was changed meanwhile')]);
    expect(readFileSync(file).equals(Buffer.concat([before, Buffer.from('\n')]))).toBe(true);
    expect(hidden()).toEqual([]);
  });
});
