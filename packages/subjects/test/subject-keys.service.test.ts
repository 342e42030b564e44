import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { searchBytes } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { type KeyRecords, PgliteStore, type Store } from '@waxseal/store';
import type { Payload } from '@temporalio/common';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { listSubjects, SubjectKeys, type SubjectKeysOptions, SubjectShreddedError } from '../src';
import {
  anybody,
  application,
  baseKeyring,
  keyIdOf,
  markedPayload,
  valueOf,
  workflow,
} from './support/application';

let store: PgliteStore;

beforeAll(async () => {
  store = new PgliteStore();
  await store.check();
}, 60_000);
afterAll(() => store.close());

/** `store`, but for the methods of keys that are given. */
function storeWith(keys: Partial<KeyRecords>): Store {
  const own = keys as Record<string, unknown>;
  return {
    kind: store.kind,
    tokens: store.tokens,
    sharedKeys: store.sharedKeys,
    check: () => store.check(),
    close: () => Promise.resolve(),
    keys: new Proxy(store.keys, {
      get: (target, name) => {
        const value = own[name as string] ?? (target as unknown as Record<string, unknown>)[name as string];
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
  };
}

/** Counts what is asked of the store. */
function counted(): { readonly store: Store; readonly asked: Record<string, number> } {
  const asked: Record<string, number> = { get: 0, create: 0 };
  const counting = storeWith({
    get: (...args) => {
      asked['get'] = (asked['get'] ?? 0) + 1;
      return store.keys.get(...args);
    },
    create: (...args) => {
      asked['create'] = (asked['create'] ?? 0) + 1;
      return store.keys.create(...args);
    },
  });
  return { store: counting, asked };
}

async function sealed(subject: string, value: unknown = 'secret'): Promise<Payload> {
  const one = application(store);
  const [payload = {}] = await one.codec.encode([markedPayload(subject, value)], workflow());
  one.close();
  return payload;
}

describe('payloads of subjects', () => {
  it('are under keys of their own, several in one call, beside those of nobody', async () => {
    const [ada, bob, writer, reader] = [anybody(), anybody(), application(store), application(store)];
    const payloads = [markedPayload(ada, 1), jsonPayload(2), markedPayload(bob, 3), markedPayload(ada, 4)];
    const encoded = await writer.codec.encode(payloads, workflow());
    const ids = encoded.map(keyIdOf);
    expect(ids).toEqual([
      await reader.subjects.keyIdOf(ada),
      'orders',
      await reader.subjects.keyIdOf(bob),
      ids[0],
    ]);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^subject\/[0-9a-f]{64}$/);
    expect((await reader.codec.decode(encoded, workflow())).map(valueOf)).toEqual([1, 2, 3, 4]);
    expect(await reader.codec.decode(encoded.slice(0, 1), workflow())).toEqual([
      {
        ...payloads[0],
        metadata: { ...payloads[0]?.metadata, 'waxseal-subject': new Uint8Array(Buffer.from(ada)) },
      },
    ]);
    for (const each of [writer, reader]) each.close();
  });

  it('are chosen by where they are written, unless they are marked', async () => {
    const [ada, bob] = [anybody(), anybody()];
    const seen: unknown[] = [];
    const subjectOf: SubjectKeysOptions['subjectOf'] = (place) => {
      seen.push(place);
      return place.workflowId === 'of-ada' ? ada : undefined;
    };
    const { codec, subjects, close } = application(store, { subjectOf });
    const both = [jsonPayload(1), markedPayload(bob, 2)];
    const ids = (await codec.encode(both, workflow('of-ada'))).map(keyIdOf);
    expect(ids).toEqual([await subjects.keyIdOf(ada), await subjects.keyIdOf(bob)]);
    expect((await codec.encode([jsonPayload(1)], workflow())).map(keyIdOf)).toEqual(['orders']);
    expect(seen[0]).toEqual({ namespace: 'shop', workflowId: 'of-ada' });
    close();
  });

  it('need the key of the subject: the key of the application opens none', async () => {
    const payload = await sealed(anybody());
    const codec = new EnvelopeCodec({ keyring: baseKeyring() });
    expect((await rejectionOf(() => codec.decode([payload], workflow())))['code']).toBe(
      'WAXSEAL_UNKNOWN_KEY',
    );
    codec.close();
  });

  it('say nowhere in clear whose they are, and neither does the store', async () => {
    const subject = anybody();
    const payload = await sealed(subject, 'secret-content');
    const records = await store.keys.list('subject', undefined, 10_000);
    const all = [payload.data, payload.metadata?.['encryption-key-id'], ...records.map(({ bytes }) => bytes)];
    for (const bytes of all) {
      expect(searchBytes(bytes ?? new Uint8Array(), [subject, 'secret-content'])).toEqual([]);
    }
    expect(JSON.stringify(records.map(({ name }) => name))).not.toContain(subject);
    const { codec, subjects, close } = application(store);
    await codec.encode([markedPayload(subject, 1)]);
    expect(inspect([codec, subjects], { depth: 9, showHidden: true })).not.toContain(subject);
    close();
  });

  it('stay within their place, as all payloads do', async () => {
    const payload = await sealed(anybody());
    const { codec, close } = application(store);
    const elsewhere = { ...workflow(), namespace: 'other' };
    expect((await rejectionOf(() => codec.decode([payload], elsewhere)))['code']).toBe(
      'WAXSEAL_CONTEXT_MISMATCH',
    );
    close();
  });
});

describe('a key', () => {
  it('is made once, whoever comes first', async () => {
    const subject = anybody();
    const all = Array.from({ length: 20 }, () => application(store));
    const encoded = await Promise.all(
      all.map(({ codec }, index) => codec.encode([markedPayload(subject, index)], workflow())),
    );
    const reader = application(store);
    expect((await reader.codec.decode(encoded.flat(), workflow())).map(valueOf)).toEqual(
      all.map((_, index) => index),
    );
    expect(new Set(encoded.flat().map(keyIdOf)).size).toBe(1);
    for (const each of [...all, reader]) each.close();
  });

  it('is asked of the store once for many payloads, written and read', async () => {
    const subject = anybody();
    const { store: counting, asked } = counted();
    const { codec, close } = application(counting);
    await codec.encode([jsonPayload(1)], workflow());
    expect(asked).toEqual({ get: 0, create: 0 });
    const many = Array.from({ length: 200 }, (_, index) => markedPayload(subject, index));
    const encoded = await codec.encode(many, workflow());
    for (const payload of encoded) await codec.decode([payload], workflow());
    // The naming key, and the subject's.
    expect(asked).toEqual({ get: 2, create: 1 });
    close();
  });

  it('is not made for a key ID that a payload names, and asked for no more than it must', async () => {
    const payload = await sealed(anybody());
    const forged = {
      ...payload,
      metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from(`subject/${'0'.repeat(64)}`) },
    };
    const { store: counting, asked } = counted();
    const { codec, close } = application(counting);
    for (let times = 0; times < 3; times++) {
      expect(await rejectionOf(() => codec.decode([forged], workflow()))).toMatchObject({
        code: 'WAXSEAL_KEY_SERVICE',
        reason: 'not-found',
      });
    }
    expect(asked).toEqual({ get: 1, create: 0 });
    close();
  });

  it('does not pass for that of another subject', async () => {
    const [ada, bob] = [anybody(), anybody()];
    const [payload] = [await sealed(ada), await sealed(bob)];
    const one = application(store);
    const other = await store.keys.get('subject', (await one.subjects.keyIdOf(bob)).slice(8));
    one.close();
    const swapped = storeWith({ get: () => Promise.resolve(other) });
    const { codec, close } = application(swapped);
    expect((await rejectionOf(() => codec.decode([payload], workflow())))['code']).toBe(
      'WAXSEAL_DECRYPTION_FAILED',
    );
    close();
  });

  it('is sealed anew, so that the old key of the application can go', async () => {
    const subject = anybody();
    const payload = await sealed(subject);
    const [old, young] = ['orders', 'orders-2'].map((id) => new LocalKey({ id, key: Buffer.alloc(32, id) }));
    const between = application(store, {
      keyring: new Keyring({ primary: young, decryptOnly: old ? [old] : [] }),
    });
    const { resealed, changed } = await between.subjects.reseal();
    expect([resealed > 1, changed]).toEqual([true, 0]);
    const after = application(store, { keyring: baseKeyring('orders-2') });
    expect((await after.codec.decode([payload], workflow())).map(valueOf)).toEqual(['secret']);
    expect(await after.subjects.keyIdOf(subject)).toBe(keyIdOf(payload));
    await application(store, {
      keyring: new Keyring({ primary: old, decryptOnly: young ? [young] : [] }),
    }).subjects.reseal();
    for (const each of [between, after]) each.close();
  });
});

describe('a subject that was shredded', () => {
  async function shredded(): Promise<{
    readonly subject: string;
    readonly payload: Payload;
    readonly keyId: string;
  }> {
    const subject = anybody();
    const payload = await sealed(subject, 'canary');
    const one = application(store);
    const keyId = await one.subjects.keyIdOf(subject);
    expect(await one.subjects.shred(keyId)).toMatchObject({ keyId, shreddedAt: expect.any(Date) as unknown });
    one.close();
    return { subject, payload, keyId };
  }

  it('opens no more, is not written for, and leaves others as they are', async () => {
    const { subject, payload, keyId } = await shredded();
    const bob = anybody();
    const other = await sealed(bob, 'of bob');
    const { codec, subjects, close } = application(store);
    for (const work of [
      () => codec.decode([payload], workflow()),
      () => codec.decode([other, payload], workflow()),
      () => codec.encode([markedPayload(subject, 1)], workflow()),
      () => codec.encode([markedPayload(bob, 1), markedPayload(subject, 1)], workflow()),
    ]) {
      const error = await rejectionOf(work);
      expect(error).toBeInstanceOf(SubjectShreddedError);
      expect(error).toMatchObject({
        code: 'WAXSEAL_SUBJECT_SHREDDED',
        keyId,
        retryable: false,
        nonRetryable: true,
      });
      expect(error.message).not.toContain(subject);
    }
    expect((await codec.decode([other], workflow())).map(valueOf)).toEqual(['of bob']);
    expect(await subjects.find(keyId)).toMatchObject({ keyId, shreddedAt: expect.any(Date) as unknown });
    expect(await subjects.shred(keyId)).toMatchObject({ keyId });
    expect(await subjects.shred(`subject/${'0'.repeat(64)}`)).toBeUndefined();
    close();
  });

  it('is a placeholder to tolerant readers, which read the others', async () => {
    const { payload, subject } = await shredded();
    const other = await sealed(anybody(), 'of bob');
    const { codec, close } = application(store);
    const [first, second] = (await codec.tolerant().decode([payload, other], workflow())).map(valueOf);
    expect(first).toMatch(
      /^\[unreadable: WAXSEAL_SUBJECT_SHREDDED\] The data of this subject have been erased/,
    );
    expect(first).not.toContain(subject);
    expect(second).toBe('of bob');
    close();
  });

  it('does not use up what a caller may ask: others open beside any number of its payloads', async () => {
    const { payload } = await shredded();
    const other = await sealed(anybody(), 'of bob');
    const { store: counting, asked } = counted();
    const { codec, close } = application(counting);
    const many = Array.from({ length: 500 }, () => payload);
    await codec.tolerant().decode(many, workflow());
    expect(asked['get']).toBe(1);
    expect((await codec.decode([other], workflow())).map(valueOf)).toEqual(['of bob']);
    close();
  });

  it('has its failures redacted, so that they end no Worker', async () => {
    const { subject } = await shredded();
    const { codec, close } = application(store, { subjectOf: () => subject });
    const [message = {}] = await codec.encode(
      [
        {
          ...jsonPayload({ message: 'Ada' }),
          metadata: { ...jsonPayload(1).metadata, 'waxseal-failure': Uint8Array.of(1) },
        },
      ],
      workflow(),
    );
    expect(Buffer.from(message.metadata?.['encoding'] ?? []).toString()).toBe('binary/waxseal-redacted');
    close();
  });

  it('is listed, without who it was', async () => {
    const { keyId, subject } = await shredded();
    const all = [];
    for await (const each of listSubjects(store)) all.push(each);
    expect(all.find((each) => each.keyId === keyId)?.shreddedAt).toBeInstanceOf(Date);
    expect(JSON.stringify(all)).not.toContain(subject);
    expect(all.every((each) => each.keyId.length === 72)).toBe(true);
  });
});

describe('options', () => {
  const keyring = baseKeyring();
  const given = { store: undefined as unknown as Store, keyring };
  it.each<readonly [object, RegExp]>([
    [{}, /store must be a Store/],
    [{ ...given, store: {} }, /store must be a Store/],
    [{ keyring: undefined }, /keyring must be/],
    [{ keyring: () => keyring }, /sealedBy must be/],
    [{ subjectOf: 'me' }, /subjectOf must be/],
    [{ forgetWithin: '2 days' }, /forgetWithin must be/],
    [{ maxSubjects: 0 }, /maxSubjects must be/],
    [{ cacheTtl: '5m' }, /"cacheTtl" is not an option/],
  ])('%j are refused', (options, message) => {
    const all =
      'store' in options || Object.keys(options).length === 0 ? options : { store, keyring, ...options };
    expect(() => new SubjectKeys(all as SubjectKeysOptions)).toThrow(message);
  });

  it('refuses what subjectOf gives where it is no ID', async () => {
    const { codec, close } = application(store, { subjectOf: () => '' });
    expect((await rejectionOf(() => codec.encode([jsonPayload(1)], workflow())))['code']).toBe(
      'WAXSEAL_CONFIGURATION',
    );
    close();
  });
});
