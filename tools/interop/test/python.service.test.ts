import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { VectorPayload } from '@waxseal/test-support/vectors';

import { compare } from '../src/compare';
import { decodeHere, encodeHere } from '../src/here';
import { findPython, PYTHON_DIRECTORY, PythonImplementation } from '../src/python';
import { Random } from '../src/random';
import { allVectors, type Question } from '../src/vector';

const run = promisify(execFile);
let interpreter: string;
let python: PythonImplementation;

beforeAll(async () => {
  interpreter = await findPython();
  python = new PythonImplementation(interpreter);
}, 600_000);
afterAll(() => python.close());

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A payload, one to four keys, and what it is bound to, all of it made up. */
function madeUp(seed: string): {
  readonly keys: Question['keys'];
  readonly keyIds: readonly [string, ...string[]];
  readonly namespace: string;
  readonly workflowId: string;
  readonly inner: VectorPayload;
} {
  const random = new Random(seed);
  const others = Array.from({ length: random.below(4) }, (_, index) => `other-${String(index)}/é`);
  const keyIds: [string, ...string[]] = [`orders/v${String(1 + random.below(9))}`, ...others];
  const names = ['encoding', 'messageType', '', '__proto__', '\ufeffa', 'nul\0', 'clé'].slice(
    random.below(7),
  );
  const sizes = Array.from({ length: random.below(3) }, () => String(random.below(2 ** 32) * 2 ** 20));
  return {
    keys: Object.fromEntries(keyIds.map((id) => [id, base64(random.bytes(32))])),
    keyIds,
    namespace: random.pick(['', 'default', 'commandé', '\u{1f511}']),
    workflowId: random.pick(['', 'order-1001', 'nightly-2026-01-05T09:00:00Z']),
    inner: {
      metadata: Object.fromEntries(
        names.sort().map((name) => [name, base64(random.bytes(random.below(40)))]),
      ),
      data: base64(random.bytes(random.oneIn(10) ? 70_000 : random.below(300))),
      ...(sizes.length > 0 && { externalPayloads: sizes.map((sizeBytes) => ({ sizeBytes })) }),
    },
  };
}

describe('the implementation in Python, which was written from the specification alone,', () => {
  it('passes every vector', async () => {
    const { stdout } = await run(interpreter, ['-B', join(PYTHON_DIRECTORY, 'run_vectors.py')]);
    const [, vectors] = /(\d+)/.exec(stdout.trim().split('\n').at(-1) ?? '') ?? [];
    expect(Number(vectors)).toBe(allVectors().length);
  });

  it('opens 200 payloads of this one', async () => {
    for (let number = 0; number < 200; number += 1) {
      const made = madeUp(`ours ${String(number)}`);
      const { namespace, workflowId } = made;
      const outer = await encodeHere(made);
      const question = { keys: made.keys, reader: { namespace, workflowId }, outer };
      expect([number, await python.decode(question)]).toEqual([number, { inner: made.inner }]);
    }
  });

  it('writes 200 payloads that this one opens', async () => {
    for (let number = 0; number < 200; number += 1) {
      const made = madeUp(`theirs ${String(number)}`);
      const { namespace, workflowId, keys, keyIds, inner } = made;
      const bound = [
        ['workflow-id', workflowId],
        ['namespace', namespace],
      ] as const;
      const context = bound.filter(([, value]) => value !== '');
      const outer = await python.encode({ keys, keyIds, context, inner });
      const question = { keys, reader: { namespace, workflowId }, outer };
      expect([number, await decodeHere(question)]).toEqual([number, { inner }]);
    }
  });

  // `npm run fuzz` asks 30,000, others each time.
  it('gives the same answers to 3,000 changed vectors', async () => {
    const { disagreements, outcomes } = await compare(python, 3_000, 'npm test');
    expect(disagreements).toEqual([]);
    expect([...outcomes.keys()].sort()).toEqual([
      'WAXSEAL_CONTEXT_MISMATCH',
      'WAXSEAL_DECRYPTION_FAILED',
      'WAXSEAL_KEY_SERVICE',
      'WAXSEAL_MALFORMED_ENVELOPE',
      'WAXSEAL_UNENCRYPTED_PAYLOAD',
      'WAXSEAL_UNKNOWN_KEY',
      'opened',
    ]);
  });
});
