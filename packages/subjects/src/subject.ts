import type { KeyId } from '@waxseal/core';
import type { KeyRecord, Store } from '@waxseal/store';
import { isSubjectName, keyIdOfName } from './subject-name';

/** A subject, as the store knows it. */
export interface Subject {
  /** Key ID that its payloads name. It does not tell who it is. */
  readonly keyId: KeyId;
  readonly createdAt: Date;
  /** When its key was removed; `undefined` where it is there. */
  readonly shreddedAt: Date | undefined;
}

/** Records in one request. */
const PAGE = 1_000;

/** The kind of the records of subjects' keys in a store. */
export const SUBJECT_KIND = 'subject';

/** All subjects that a store has and had, in the order of their key IDs. It needs no key. */
export async function* listSubjects(store: Store): AsyncGenerator<Subject> {
  for await (const record of subjectRecords(store)) yield subjectFrom(record);
}

/** Their records. */
export async function* subjectRecords(store: Store): AsyncGenerator<KeyRecord> {
  for (let after: string | undefined; ;) {
    const page = await store.keys.list(SUBJECT_KIND, after, PAGE);
    for (const record of page) if (isSubjectName(record.name)) yield record;
    after = page.at(-1)?.name;
    if (after === undefined || page.length < PAGE) return;
  }
}

/** What a record says of a subject. */
export function subjectFrom({ name, createdAtMs, removedAtMs }: KeyRecord): Subject {
  return {
    keyId: keyIdOfName(name),
    createdAt: new Date(createdAtMs),
    shreddedAt: removedAtMs === undefined ? undefined : new Date(removedAtMs),
  };
}
