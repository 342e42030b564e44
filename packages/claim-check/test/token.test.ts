import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';

import { recordName } from '../src/naming-keys';
import { bytesOfToken, nameToken, scopeOf, tokenOf, tokenPayload } from '../src/token';

interface Vectors {
  readonly namingKey: string;
  readonly scope: string;
  readonly namespace: string;
  readonly namingKeyName: string;
  readonly tokens: readonly {
    readonly name: string;
    readonly workflowId: string;
    readonly payload: {
      readonly metadata: Readonly<Record<string, string>>;
      readonly data: string;
      readonly externalPayloads?: readonly { readonly sizeBytes: string }[];
    };
    readonly token: string;
  }[];
}

// Made by a program in Python that follows the page alone.
const vectors = JSON.parse(
  readFileSync(join(__dirname, '../../../docs/spec/token-vectors.json'), 'utf8'),
) as Vectors;
const key = createSecretKey(Buffer.from(vectors.namingKey, 'base64'));

describe('the vectors of docs/spec/token.md', () => {
  it.each(vectors.tokens.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { metadata, data, externalPayloads } = vector.payload;
    const payload = {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
      ),
      data: Buffer.from(data, 'base64'),
      ...(externalPayloads === undefined ? {} : { externalPayloads }),
    } as unknown as Payload;
    expect(nameToken(key, vector.workflowId, payload)).toBe(vector.token);
  });

  it('the scope, and the name of a naming key', () => {
    expect(Buffer.from(scopeOf(key)).toString('base64')).toBe(vectors.scope);
    expect(recordName(vectors.namespace)).toBe(vectors.namingKeyName);
  });
});

it('writes a token as 16 bytes, and reads it', () => {
  const token = '0f0e0d0c-0b0a-8908-8706-050403020100';
  const payload = tokenPayload(token);
  expect(Buffer.from(payload.data ?? []).toString('hex')).toBe('0f0e0d0c0b0a89088706050403020100');
  expect(tokenOf(payload)).toBe(token);
  expect(bytesOfToken(token)).toHaveLength(16);
});
