import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import type { KeyServiceErrorReason } from '@waxseal/core';
import type { WrappedKey } from '@waxseal/core/provider';
import type { GcpKmsBehaviour } from '@waxseal/testing';
import { rejectionOf } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { GcpKmsKey } from '../src';
import { GCP_ERROR_REASONS, explainGcpError } from '../src/errors';
import { kmsUnderTest } from './support/kms-under-test';
import { refreshingClientOptions } from './support/refreshing-client';

type Status = Extract<GcpKmsBehaviour, { error: string }>['error'];

type ClientOptions = ConstructorParameters<typeof KeyManagementServiceClient>[0];

const AAD = Buffer.from('waxseal/v1/data-key');
// With TLS there are tokens, which no error may show.
const under = kmsUnderTest({ tls: true });
const once = { maxAttempts: 1 };

const ROWS: readonly (readonly [
  code: number,
  Status,
  KeyServiceErrorReason,
  ofDecrypt?: KeyServiceErrorReason,
])[] = [
  [1, 'CANCELLED', 'unavailable'],
  [2, 'UNKNOWN', 'unknown'],
  [3, 'INVALID_ARGUMENT', 'unknown', 'rejected-ciphertext'],
  [4, 'DEADLINE_EXCEEDED', 'timeout'],
  [5, 'NOT_FOUND', 'not-found'],
  [6, 'ALREADY_EXISTS', 'unknown'],
  [7, 'PERMISSION_DENIED', 'denied'],
  [8, 'RESOURCE_EXHAUSTED', 'throttled'],
  [9, 'FAILED_PRECONDITION', 'disabled'],
  [10, 'ABORTED', 'unavailable'],
  [11, 'OUT_OF_RANGE', 'unknown'],
  [12, 'UNIMPLEMENTED', 'unknown'],
  [13, 'INTERNAL', 'unavailable'],
  [14, 'UNAVAILABLE', 'unavailable'],
  [15, 'DATA_LOSS', 'unavailable'],
  [16, 'UNAUTHENTICATED', 'denied'],
];
const QUOTING: ReadonlySet<Status> = new Set(['UNKNOWN', 'INTERNAL', 'DATA_LOSS', 'UNAUTHENTICATED']);

function expectNoSecret(error: unknown, ...secrets: readonly string[]): void {
  const shown = inspect(error, { depth: 20, showHidden: true }) + String((error as Error).stack);
  expect(shown).not.toMatch(/eyJ[\w-]+\.eyJ|PRIVATE KEY|Bearer ey/);
  for (const secret of secrets) expect(shown).not.toContain(secret);
}

describe('a gRPC status that the service answers, through the SDK,', () => {
  it.each(ROWS)('%d %s means %s', async (code, status, reason, ofDecrypt = reason) => {
    const { kms, client } = under();
    const key = withLimits(new GcpKmsKey({ client, keyName: kms.createKey().name }), once);
    const dataKey = randomBytes(32);
    const wrapped = await key.wrap(dataKey, AAD);
    for (const [ask, expected] of [
      [() => key.wrap(dataKey, AAD), reason],
      [() => key.unwrap(wrapped, AAD), ofDecrypt],
      [() => key.describe(), reason],
      [() => key.checkPermissions(AAD), reason],
    ] as const) {
      // A token that is refused is replaced, once.
      const times = status === 'UNAUTHENTICATED' ? 2 : 1;
      kms.next({ error: status, message: `Scripted: ${status}.`, reason: 'SCRIPTED' }, times);
      const error = await rejectionOf(ask);
      expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: expected });
      expect(error.cause).toMatchObject(
        QUOTING.has(status)
          ? { name: 'KeyServiceAnswerError', details: { originalName: status } }
          : { code, details: `Scripted: ${status}.`, reason: 'SCRIPTED', domain: 'cloudkms.googleapis.com' },
      );
      for (const member of ['metadata', 'statusDetails']) expect(error.cause).not.toHaveProperty(member);
      expect(inspect(error, { depth: 9 }).includes('Scripted')).toBe(!QUOTING.has(status));
      expectNoSecret(error, dataKey.toString('hex'), dataKey.toString('base64'));
    }
  });

  it('is in the table, and the table has no other', () => {
    expect([...GCP_ERROR_REASONS].map(([code, [name, reason]]) => [code, name, reason])).toEqual(
      ROWS.map(([code, name, reason]) => [code, name, reason]),
    );
  });

  it('that is in no table means unknown', () => {
    const strange = [undefined, null, 'text', new Error('x'), { code: 99 }, { code: 'EOTHER' }, { code: 0 }];
    for (const error of strange) expect(explainGcpError(error, 'Decrypt').reason).toBe('unknown');
  });
});

describe('what the service answers by itself', () => {
  type Prepared = { key: GcpKmsKey; wrapped: WrappedKey };
  const prepared = async (request: object = once): Promise<Prepared & ReturnType<typeof under>> => {
    const { kms, ...rest } = under();
    const key = withLimits(new GcpKmsKey({ client: rest.client, keyName: kms.createKey().name }), request);
    return { kms, ...rest, key, wrapped: await key.wrap(randomBytes(32), AAD) };
  };

  it('INVALID_ARGUMENT of Decrypt means rejected-ciphertext: another AAD, a change, another key', async () => {
    const { kms, client, key, wrapped } = await prepared();
    const other = new GcpKmsKey({ client, keyName: kms.createKey().name });
    const theirs = await other.wrap(randomBytes(32), AAD);
    const changed = wrapped.bytes.map((byte, index) => (index === 60 ? byte ^ 1 : byte));
    for (const [bytes, aad] of [
      [wrapped.bytes, Buffer.from('other')],
      [changed, AAD],
      [theirs.bytes, AAD],
    ] as const) {
      const error = await rejectionOf(() => key.unwrap({ keyId: wrapped.keyId, bytes }, aad));
      expect(error).toMatchObject({ reason: 'rejected-ciphertext', cause: { code: 3 } });
      expect((error.cause as Error).message).toContain('Decryption failed');
    }
  });

  it('INVALID_ARGUMENT of a checksum means unavailable', async () => {
    const { kms, key, wrapped } = await prepared();
    const message = 'The checksum in field ciphertext_crc32c did not match the data in field ciphertext.';
    kms.next({ error: 'INVALID_ARGUMENT', message });
    expect(await rejectionOf(() => key.unwrap(wrapped, AAD))).toMatchObject({ reason: 'unavailable' });
  });

  it('FAILED_PRECONDITION of a key for another purpose means disabled', async () => {
    const { kms, client } = under();
    const key = new GcpKmsKey({ client, keyName: kms.createKey({ purpose: 'MAC' }).name });
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'disabled' });
    expect((error.cause as Error).message).toContain('purpose MAC');
  });

  it('PERMISSION_DENIED names the right that is missing', async () => {
    const { kms, key } = await prepared();
    kms.deny('cloudkms.cryptoKeyVersions.useToEncrypt');
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'denied', cause: { reason: 'IAM_PERMISSION_DENIED' } });
    expect((error.cause as Error).message).toContain('cloudkms.cryptoKeyVersions.useToEncrypt');
  });

  it('UNAUTHENTICATED of an expired token means denied', async () => {
    const { kms, key } = await prepared();
    kms.clockOffsetMs = 2 * 3_600_000;
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({
      reason: 'denied',
      cause: { details: { originalName: 'UNAUTHENTICATED' } },
    });
    expectNoSecret(error);
  });

  it('a message that cannot be read means unavailable, and is not quoted', async () => {
    const { kms, key, wrapped } = await prepared();
    kms.next({ bytes: Buffer.from([0x0a, 0x7f, ...Buffer.from('PLAINTEXT')]) });
    const error = await rejectionOf(() => key.unwrap(wrapped, AAD));
    expect(error).toMatchObject({ reason: 'unavailable', cause: { details: { originalName: 'INTERNAL' } } });
    expectNoSecret(error, 'PLAINTEXT');
  });
});

describe('what happens on the way', () => {
  const clients: KeyManagementServiceClient[] = [];
  const keyOf = (options: ClientOptions): GcpKmsKey => {
    const client = new KeyManagementServiceClient(options);
    clients.push(client);
    return withLimits(new GcpKmsKey({ client, keyName: under().kms.createKey().name }), once);
  };
  const without = (option: 'grpc' | 'credentials'): Record<string, string | number | object> =>
    Object.fromEntries(Object.entries(under().options).filter(([name]) => name !== option));
  const closeClients = (): Promise<unknown> =>
    Promise.allSettled(clients.splice(0).map((client) => client.close()));
  afterEach(closeClients);

  it('a refused connection means unavailable', async () => {
    const key = keyOf({ ...under().options, port: 9 });
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable', cause: { code: 14 } });
    expectNoSecret(error);
  });

  it('a certificate that is not trusted means unavailable', async () => {
    const error = await rejectionOf(() => keyOf(without('grpc')).wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable', cause: { code: 14 } });
    expect((error.cause as Error).message).toContain('self-signed certificate');
  });

  it('a cut connection means unavailable', async () => {
    const { kms, client } = under();
    const key = withLimits(new GcpKmsKey({ client, keyName: kms.createKey().name }), once);
    kms.next({ cut: true });
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unavailable' });
  });

  it('a client that was closed means unknown', async () => {
    const client = new KeyManagementServiceClient(under().options);
    const key = withLimits(new GcpKmsKey({ client, keyName: under().kms.createKey().name }), once);
    await key.wrap(randomBytes(32), AAD);
    await client.close();
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unknown' });
  });

  describe('to a token:', () => {
    let server: Server | undefined;
    afterEach(() => {
      server?.close();
      server?.closeAllConnections();
    });
    const tokenUrl = async (status: number, body: object): Promise<string> => {
      const listening = createServer((_request, response) => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      });
      server = listening;
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${String((listening.address() as AddressInfo).port)}/token`;
    };
    const SECRETS = ['refresh-token-of-a-person', 'secret-of-the-client', 'QUOTED'];

    it.each<[number, string, KeyServiceErrorReason]>([
      [400, 'invalid_grant', 'denied'],
      [401, 'invalid_client', 'denied'],
      [403, 'access_denied', 'denied'],
      [400, 'unauthorized_client', 'denied'],
      [404, 'nothing_here', 'unavailable'],
    ])('an answer %d %s of the identity provider means %s', async (status, error, reason) => {
      const url = await tokenUrl(status, { error, error_description: 'QUOTED' });
      const key = keyOf(refreshingClientOptions(under().options, url));
      const refusal = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
      expect(refusal).toMatchObject({ reason, cause: { name: 'KeyServiceAnswerError' } });
      expect((refusal.cause as Error).message).toContain('could not get an access token');
      expectNoSecret(refusal, ...SECRETS);
    });

    it.each<[number, string, KeyServiceErrorReason]>([
      [403, 'PERMISSION_DENIED', 'denied'],
      [401, 'UNAUTHENTICATED', 'denied'],
      [404, 'NOT_FOUND', 'unavailable'],
      [7, 'none', 'unavailable'],
    ])('an answer with the code %d %s of an API of Google’s means %s', async (code, status, reason) => {
      const url = await tokenUrl(code < 100 ? 400 : code, { error: { code, status, message: 'QUOTED' } });
      const key = keyOf(refreshingClientOptions(under().options, url));
      const refusal = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
      expect(refusal).toMatchObject({ reason, cause: { name: 'KeyServiceAnswerError' } });
      expectNoSecret(refusal, ...SECRETS);
    });

    it('an identity provider that is not there means unavailable', async () => {
      const url = await tokenUrl(200, {});
      server?.close();
      const client = new KeyManagementServiceClient(refreshingClientOptions(under().options, url));
      clients.push(client);
      const keyName = under().kms.createKey().name;
      const request = { attemptTimeoutMs: 10_000, totalTimeoutMs: 10_000, maxAttempts: 1 } as const;
      const refusal = await rejectionOf(() =>
        withLimits(new GcpKmsKey({ client, keyName }), request).wrap(randomBytes(32), AAD),
      );
      expect(refusal).toMatchObject({ reason: 'unavailable', cause: { name: 'KeyServiceAnswerError' } });
      expectNoSecret(refusal, ...SECRETS);
    });
  });

  describe('to credentials:', () => {
    const withFile = async (work: (keyFilename: string) => Promise<void>): Promise<void> => {
      const folder = temporaryDirectory();
      // The SDK prints what it cannot load.
      const print = jest.spyOn(console, 'error').mockImplementation(() => undefined);
      try {
        await work(join(folder, 'key.json'));
      } finally {
        await closeClients();
        print.mockRestore();
      }
    };

    it('a file that is missing means unavailable, ends no process, and is asked for again', () =>
      withFile(async (keyFilename) => {
        const { credentials } = under().options;
        const unhandled: unknown[] = [];
        const note = (error: unknown): void => {
          unhandled.push(error);
        };
        process.on('unhandledRejection', note);
        const key = keyOf({ ...without('credentials'), keyFilename });
        for (const ask of [() => key.wrap(randomBytes(32), AAD), () => key.checkPermissions(AAD)]) {
          const missing = await rejectionOf(ask);
          expect(missing).toMatchObject({
            reason: 'unavailable',
            cause: { details: { originalName: 'ENOENT' } },
          });
        }
        await delay(20);
        process.off('unhandledRejection', note);
        expect(unhandled).toEqual([]);
        await writeFile(keyFilename, JSON.stringify(credentials));
        const dataKey = randomBytes(32);
        expect(dataKey.equals(await key.unwrap(await key.wrap(dataKey, AAD), AAD))).toBe(true);
      }));

    it('a file that is not JSON means unavailable, and is not quoted', () =>
      withFile(async (keyFilename) => {
        await writeFile(keyFilename, 'QUOTED');
        const key = keyOf({ ...without('credentials'), keyFilename });
        const garbled = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
        expect(garbled).toMatchObject({ reason: 'unavailable', cause: { name: 'KeyServiceAnswerError' } });
        expectNoSecret(garbled, 'QUOTED');
      }));
  });
});
