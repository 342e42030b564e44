import { createHmac, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '@waxseal/core';
import { MAX_SUBJECT_BYTES } from '@waxseal/core/internal';
import type { KeyId } from '@waxseal/core/provider';

/** ID of the key that stands for the keys of all subjects: what keyrings and metrics show. */
export const SUBJECT_KEYS_ID: KeyId = 'subject';

const LABEL = Buffer.from('waxseal/v1/subject\0', 'ascii');
const NAME = /^[0-9a-f]{64}$/;
const KEY_ID = /^subject\/([0-9a-f]{64})$/;

/** @throws ConfigurationError where a value is no ID of a subject; it does not show the value */
export function checkSubjectId(value: unknown): string {
  const isId =
    typeof value === 'string' &&
    value !== '' &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= MAX_SUBJECT_BYTES;
  if (isId) return value;
  throw new ConfigurationError(
    `The ID of a subject must be a text of 1 to ${String(MAX_SUBJECT_BYTES)} bytes of UTF-8, such as a customer's number.`,
  );
}

/** The name of a subject: the same in all processes, and telling nobody without the key who it is. */
export function nameOfSubject(naming: KeyObject, subject: string): string {
  return createHmac('sha256', naming).update(LABEL).update(subject, 'utf8').digest('hex');
}

/** Whether a text is the name of a subject. */
export function isSubjectName(text: string): boolean {
  return NAME.test(text);
}

/** The key ID that envelopes of a subject name. */
export function keyIdOfName(name: string): KeyId {
  return `${SUBJECT_KEYS_ID}/${name}`;
}

/** The name of the subject that a key ID is of; `undefined` where it is of none. */
export function nameOfKeyId(keyId: KeyId): string | undefined {
  return KEY_ID.exec(keyId)?.[1];
}
