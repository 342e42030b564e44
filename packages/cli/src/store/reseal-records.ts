import { isDriverRecord } from '@waxseal/claim-check';
import { isWaxsealError } from '@waxseal/core';
import { parsePayload, serializePayload } from '@waxseal/core/internal';
import type { Store } from '@waxseal/store';
import { choose } from '../reseal/choose';
import { pagesOf } from '../scan/store-records';
import { isSamePayload, type Sealer } from '../reseal/sealer';

/** How records are sealed anew. */
export interface ResealRecordsOptions {
  /** Only those that this key opens, by its ID with or without version. */
  readonly from: string | undefined;
  readonly dryRun: boolean;
  /** Called with each record that was sealed anew, would be, or is left. */
  readonly onRecord: (outcome: RecordOutcome) => void;
  /** Called with how many have been looked at. */
  readonly onLooked: (looked: number) => void;
}

/** What came of a record. */
export interface RecordOutcome {
  /** The token, or the name of the key. */
  readonly record: string;
  readonly result: 'resealed' | 'to be resealed' | 'left';
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Why it is left. */
  readonly because?: string;
}

const PAGE = 200;

/**
 * Seals the records of a store anew that are not under the keys of today: those of tokens, and the naming
 * keys. Each is opened again and compared before it takes the place of the old one, which it does only where
 * that is there still. What took its place is not got again: that would take marks of collections off.
 *
 * @returns how many were looked at
 * @throws StoreError as the store does
 */
export async function resealRecords(
  store: Store,
  sealer: Sealer,
  options: ResealRecordsOptions,
): Promise<number> {
  let looked = 0;
  for await (const page of pagesOf(
    (after) => store.tokens.list(after, PAGE),
    ({ token }) => token,
  )) {
    for (const { token, bytes } of page) {
      const put = isDriverRecord(token, bytes)
        ? undefined
        : (to: Uint8Array): Promise<boolean> => store.tokens.replace(token, bytes, to);
      await resealOne(sealer, options, token, bytes, put);
    }
    looked += page.length;
    options.onLooked(looked);
  }
  for await (const page of pagesOf(
    (after) => store.keys.list('token-naming', after, PAGE),
    ({ name }) => name,
  )) {
    for (const { name, bytes } of page) {
      if (bytes === undefined) continue;
      const replace = (to: Uint8Array): Promise<boolean> =>
        store.keys.replace('token-naming', name, bytes, to);
      await resealOne(sealer, options, name, bytes, replace);
    }
    looked += page.length;
    options.onLooked(looked);
  }
  return looked;
}

const OF_A_DRIVER =
  "it was kept by the SDK's external storage, and its reference has the hash of it: it stays until it is collected";

/** @param replace puts it in the place of the old one; `undefined` where nothing can */
async function resealOne(
  sealer: Sealer,
  { from, dryRun, onRecord }: ResealRecordsOptions,
  record: string,
  bytes: Uint8Array,
  replace: ((to: Uint8Array) => Promise<boolean>) | undefined,
): Promise<void> {
  const left = (because: string, names: readonly string[]): void => {
    onRecord({ record, result: 'left', from: names, to: [], because });
  };
  let names: readonly string[] = [];
  try {
    const envelope = parsePayload(bytes);
    const current = await sealer.currentKeysFor(envelope);
    const chosen = choose(envelope, 'input', { from, plaintext: false }, current);
    ({ names } = chosen);
    if (chosen.fate === 'foreign') {
      left('it is no envelope of Waxseal', names);
      return;
    }
    if (chosen.fate !== 'reseal') return;
    if (replace === undefined) {
      left(OF_A_DRIVER, names);
      return;
    }
    if (dryRun) {
      onRecord({ record, result: 'to be resealed', from: names, to: current });
      return;
    }
    const { opened, sealed, names: to } = await sealer.resealAsRecorded(envelope);
    if (!isSamePayload(await sealer.open(sealed, undefined), opened)) {
      left('what was sealed anew does not open as what it was', names);
      return;
    }
    const after = Buffer.concat(serializePayload(sealed));
    if (!(await replace(after))) {
      left('somebody else has changed or removed it meanwhile', names);
      return;
    }
    onRecord({ record, result: 'resealed', from: names, to });
  } catch (error) {
    if (!isWaxsealError(error) || error.code === 'WAXSEAL_STORE') throw error;
    left(error.message, names);
  }
}
