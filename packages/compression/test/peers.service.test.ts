import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { parsePayload } from '@waxseal/core/internal';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { ZlibCodec } from '../src';
import { bytesOf, encodingOf, orders, payload } from './support/payloads';

/** Asks a program of `peers/`: one outcome for each payload, `undefined` for an error. */
type Peer = (
  verb: 'encode' | 'always' | 'decode',
  payloads: readonly Payload[],
) => readonly (Payload | undefined)[];

const BUILD_MS = 600_000;

function peerBy(command: string, args: readonly string[]): Peer {
  return (verb, payloads) => {
    const input = payloads.map((each) => `${verb} ${bytesOf(each).toString('base64')}\n`).join('');
    const output = execFileSync(command, args, { input, maxBuffer: 2 ** 28, timeout: 120_000 }).toString();
    const lines = output.split('\n').slice(0, -1);
    return lines.map((line) => (line === 'error' ? undefined : parsePayload(Buffer.from(line, 'base64'))));
  };
}

/** The codec of the Go SDK, built. */
function goPeer(): Peer {
  const program = join(temporaryDirectory(), 'peer');
  execFileSync('go', ['build', '-o', program, '.'], {
    cwd: join(__dirname, 'peers/go'),
    stdio: 'pipe',
    timeout: BUILD_MS,
  });
  return peerBy(program, []);
}

/** The codec of the Java SDK; Java compiles the one file itself. */
function javaPeer(): Peer {
  const folder = join(__dirname, 'peers/java');
  const classPath = join(temporaryDirectory(), 'class-path');
  const args = ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${classPath}`];
  execFileSync('mvn', args, { cwd: folder, stdio: 'pipe', timeout: BUILD_MS });
  return peerBy('java', ['-cp', readFileSync(classPath, 'utf8').trim(), join(folder, 'Peer.java')]);
}

/** What is missing of the programs that a peer needs, for a person; `undefined` where all are there. */
function missing(programs: readonly (readonly [string, string])[]): string | undefined {
  for (const [program, flag] of programs) {
    try {
      execFileSync(program, [flag], { stdio: 'pipe', timeout: 60_000 });
    } catch {
      return `${program} is not installed`;
    }
  }
  return undefined;
}

const PAYLOADS: readonly Payload[] = [
  orders(),
  orders(8_000),
  payload('json/plain', '"hello"'),
  payload('binary/null'),
  payload(
    'binary/plain',
    Uint8Array.from({ length: 70_000 }, (_, i) => (i * i * 7919) >> 5),
  ),
  { ...orders(40), metadata: { ...orders().metadata, messageType: Buffer.from('a.b.C') } },
  { metadata: {}, data: new Uint8Array() },
];

describe.each([
  {
    sdk: 'the Go SDK',
    without: missing([['go', 'version']]),
    start: goPeer,
    verbs: ['encode', 'always'] as const,
  },
  {
    sdk: 'the Java SDK',
    without: missing([
      ['java', '-version'],
      ['mvn', '--version'],
    ]),
    start: javaPeer,
    verbs: ['encode'] as const,
  },
])('the zlib codec of $sdk', ({ sdk, without, start, verbs }) => {
  if (without !== undefined) {
    process.stderr.write(
      `The zlib codec of ${sdk} is not asked: ${without}. Vectors of it are read all the same.\n`,
    );
    if (process.env['CI'] === 'true') throw new Error(`CI must ask ${sdk}: ${without}.`);
    it.skip(`is not asked: ${without}`, () => undefined);
    return;
  }
  let built: Peer | undefined;
  beforeAll(() => {
    try {
      built = start();
    } catch (error) {
      // Its libraries come from the network.
      if (process.env['CI'] === 'true') throw error;
      process.stderr.write(`${sdk} is not asked: its program could not be built. ${String(error)}\n`);
    }
  }, BUILD_MS);

  it.each(verbs)('writes what this one opens (%s)', async (verb) => {
    const peer = built;
    if (peer === undefined) return;
    const written = peer(verb, PAYLOADS).map((each) => each ?? {});
    expect(written.filter((each) => encodingOf(each) === 'binary/zlib').length).toBeGreaterThanOrEqual(3);
    const decoded = await new ZlibCodec().decode(written);
    expect(decoded.map((each) => bytesOf(each).equals(bytesOf(PAYLOADS[decoded.indexOf(each)])))).toEqual(
      PAYLOADS.map(() => true),
    );
  });

  it.each([
    {},
    { level: 9, threshold: 0, alwaysEncode: true },
    { padding: 'padme' },
    { padding: 'padme', level: 0 },
  ] as const)('opens what this one writes, with %j', async (options) => {
    const peer = built;
    if (peer === undefined) return;
    const written = await new ZlibCodec(options).encode([...PAYLOADS]);
    const opened = peer('decode', written);
    expect(
      opened.map((each, index) => each !== undefined && bytesOf(each).equals(bytesOf(PAYLOADS[index]))),
    ).toEqual(PAYLOADS.map(() => true));
  });

  it('opens what is filled up by each number of bytes', async () => {
    const peer = built;
    if (peer === undefined) return;
    const codec = new ZlibCodec({ padding: 'padme' });
    const many = Array.from({ length: 300 }, (_, length) =>
      payload(
        'binary/plain',
        Uint8Array.from({ length }, (__, i) => (i * i * 7919) >> 3),
      ),
    );
    const opened = peer('decode', await codec.encode(many));
    const wrong = many.flatMap((each, index) => {
      const one = opened[index];
      return one !== undefined && bytesOf(one).equals(bytesOf(each)) ? [] : [index];
    });
    expect(wrong).toEqual([]);
  });
});
