import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { parsePayload, serializePayload } from '@waxseal/core/internal';
import { jsonPayload } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { SamplesCodec, TemporalProxyCodec } from '../src';
import { bytes } from './support/peers';

const key = `testing://${randomBytes(32).toString('base64url')}=`;
const sampleKey = randomBytes(16).toString('hex');
const payloads = [jsonPayload(''), jsonPayload('größe'), jsonPayload('x'.repeat(100_000)), {}];

interface Answer {
  readonly outer?: { readonly keyId: string; readonly dek?: string; readonly data: string };
  readonly inner?: string;
  readonly error?: string;
}

/** Go and its proxy of modules are the only things that this needs from elsewhere. */
function build(): string | undefined {
  const program = join(temporaryDirectory(), 'peers');
  try {
    execFileSync('go', ['build', '-o', program, '.'], { cwd: join(__dirname, 'peers'), stdio: 'pipe' });
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    const reason = (error as { readonly stderr?: Buffer }).stderr?.toString().split('\n')[0] ?? String(error);
    process.stderr.write(`The program in Go is not run: ${reason}\n`);
  }
  return existsSync(program) ? program : undefined;
}

const program = build();
const ifThere = program === undefined ? describe.skip : describe;

async function ask(requests: readonly object[]): Promise<readonly Answer[]> {
  const child = spawn(program ?? '', { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
const innerOf = (payload: Payload): string => base64(Buffer.concat(serializePayload(payload)));
const textOf = ({ metadata }: Payload, name: string): string =>
  Buffer.from(metadata?.[name] ?? []).toString();

ifThere('a program in Go with the library of temporal-proxy', () => {
  const encode = (format: string, more: object): Promise<readonly Answer[]> =>
    ask(payloads.map((payload) => ({ format, op: 'encode', ...more, inner: innerOf(payload) })));

  it('is read', async () => {
    const answers = await encode('temporal-proxy', { key });
    const outer = answers.map(({ outer: of }) => ({
      metadata: {
        encoding: bytes('binary/encrypted'),
        'encryption-key-id': bytes(of?.keyId ?? ''),
        'encryption-dek': bytes(of?.dek ?? ''),
      },
      data: bytes(Buffer.from(of?.data ?? '', 'base64')),
    }));
    const codec = new TemporalProxyCodec({ base64Keys: [key] });
    expect((await codec.decode(outer)).map(innerOf)).toEqual(payloads.map(innerOf));
    codec.close();
  });

  it('reads what is written', async () => {
    const codec = new TemporalProxyCodec({ base64Keys: [key], writeUnder: key });
    const written = await codec.encode(payloads);
    const requests = written.map((payload) => ({
      format: 'temporal-proxy',
      op: 'decode',
      key,
      outer: {
        keyId: textOf(payload, 'encryption-key-id'),
        dek: textOf(payload, 'encryption-dek'),
        data: base64(payload.data ?? new Uint8Array()),
      },
    }));
    const answers = await ask(requests);
    expect(answers.map(({ error }) => error)).toEqual(payloads.map(() => undefined));
    const opened = answers.map(({ inner = '' }) => parsePayload(Buffer.from(inner, 'base64')));
    expect(opened.map(innerOf)).toEqual(payloads.map(innerOf));
    codec.close();
  });

  it('is read where it does what the sample does, with an empty key ID too', async () => {
    const codec = new SamplesCodec({ keys: { test: Buffer.from(sampleKey) }, emptyKeyId: 'test' });
    for (const keyID of ['test', '']) {
      const answers = await encode('samples', { key: sampleKey, keyID });
      const outer = answers.map(({ outer: of }) => ({
        metadata: { encoding: bytes('binary/encrypted'), 'encryption-key-id': bytes(of?.keyId ?? '?') },
        data: bytes(Buffer.from(of?.data ?? '', 'base64')),
      }));
      expect((await codec.decode(outer)).map(innerOf)).toEqual(payloads.map(innerOf));
    }
  });
});
