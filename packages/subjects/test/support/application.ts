import { randomUUID } from 'node:crypto';

import type { Payload, SerializationContext } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { Store } from '@waxseal/store';
import { jsonPayload } from '@waxseal/test-support';

import { SubjectKeys, type SubjectKeysOptions } from '../../src';

/** What one process of an application has. */
export interface Application {
  readonly subjects: SubjectKeys;
  readonly codec: EnvelopeCodec;
  close(): void;
}

/** The keyring of the application. */
export function baseKeyring(id = 'orders'): Keyring {
  return new Keyring({ primary: new LocalKey({ id, key: Buffer.alloc(32, id) }) });
}

/** A process that has opened nothing so far. */
export function application(store: Store, options: Partial<SubjectKeysOptions> = {}): Application {
  const subjects = new SubjectKeys({ store, keyring: baseKeyring(), ...options });
  const codec = new EnvelopeCodec({ keyring: subjects.keyring });
  return {
    subjects,
    codec,
    close: () => {
      codec.close();
      subjects.close();
    },
  };
}

/** A payload that is marked for a subject. */
export function markedPayload(subject: string, value: unknown): Payload {
  const payload = jsonPayload(value);
  return { ...payload, metadata: { ...payload.metadata, 'waxseal-subject': Buffer.from(subject) } };
}

/** A subject that no other test uses. */
export function anybody(): string {
  return `customer-${randomUUID()}`;
}

/** Where a payload is. */
export function workflow(workflowId = 'order-1'): SerializationContext {
  return { type: 'workflow', namespace: 'shop', workflowId };
}

/** The key ID that an envelope names. */
export function keyIdOf({ metadata }: Payload): string {
  return Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();
}

/** What is in a payload of JSON. */
export function valueOf(payload: Payload | undefined): unknown {
  return JSON.parse(Buffer.from(payload?.data ?? []).toString());
}
