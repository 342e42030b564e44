import type { Payload } from '@temporalio/common';
import { ConfigurationError, type EnvelopeCodec } from '@waxseal/core';
import type { CollectableToken, Store } from '@waxseal/store';
import { NamingKeys, recordName } from './naming-keys';
import { claimedToken, driverScope } from './store-driver';
import { isTokenPayload, tokenOf } from './token';
import { TokenError } from './token-error';

/** What a sweep did, or would do. */
export interface SweepReport {
  /** Records that were last put before the collection began. */
  readonly records: number;
  readonly bytes: number;
  /** Of them, those that something needs. */
  readonly needed: number;
  /** Those that nothing needs and that are marked now: the next collection may remove them. */
  readonly marked: number;
  readonly markedBytes: number;
  /** Those that an earlier collection had marked, and that are gone now. */
  readonly removed: number;
  readonly removedBytes: number;
}

/** What a {@link sweep} takes. */
export interface SweepOptions {
  readonly store: Store;
  /** Number of the collection that began before anybody looked for what is needed. */
  readonly collection: number;
  /** What the records to sweep belong to, as {@link scopesOf} gives it. */
  readonly scopes: readonly Uint8Array[];
  /** Whether anything needs a token. It may say yes in doubt. */
  readonly isNeeded: (token: string) => boolean;
  /** Changes nothing, and tells what would be done. */
  readonly isDryRun: boolean;
  /** Records at a time. */
  readonly pageSize?: number | undefined;
  /** Called after each page. */
  readonly onPage?: ((report: SweepReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 1_000;

/**
 * Removes records that two collections one after the other found nobody to need, and that were neither put
 * nor got in between: what one scan overlooked, the next one sees. It rests on no clock. What it has done
 * when it is ended early stays done, and the next one goes on.
 *
 * @throws StoreError as the store does
 * @throws ConfigurationError where another collection has begun since
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  let report: SweepReport = NOTHING;
  for (const scope of options.scopes) report = await sweepScope(scope, report, options);
  return report;
}

const NOTHING: SweepReport = {
  records: 0,
  bytes: 0,
  needed: 0,
  marked: 0,
  markedBytes: 0,
  removed: 0,
  removedBytes: 0,
};

async function sweepScope(
  scope: Uint8Array,
  before: SweepReport,
  { store, collection, isNeeded, isDryRun, onPage, signal, pageSize = PAGE }: SweepOptions,
): Promise<SweepReport> {
  let report = before;
  let after: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    if (!isDryRun) await assertLast(store, collection, signal);
    const page = await store.tokens.listBefore(collection, scope, after, pageSize, { signal });
    const last = page.at(-1);
    if (last === undefined) return report;
    after = last.token;
    const needed = page.filter(({ token }) => isNeeded(token));
    const unneeded = page.filter((each) => !needed.includes(each));
    const isMarked = ({ markedBy }: CollectableToken): boolean =>
      markedBy !== undefined && markedBy < collection;
    const removable = unneeded.filter(isMarked);
    const markable = unneeded.filter((each) => !isMarked(each));
    let removed = removable;
    if (!isDryRun) {
      const gone = new Set(
        removable.length === 0
          ? []
          : await store.tokens.removeMarked(collection, tokensOf(removable), { signal }),
      );
      removed = removable.filter(({ token }) => gone.has(token));
      const marks = { unneeded: tokensOf(markable), needed: tokensOf(needed.filter(isMarked)) };
      if (marks.unneeded.length + marks.needed.length > 0) {
        await store.tokens.mark(collection, marks, { signal });
      }
    }
    report = {
      records: report.records + page.length,
      bytes: report.bytes + sizeOf(page),
      needed: report.needed + needed.length,
      marked: report.marked + markable.length,
      markedBytes: report.markedBytes + sizeOf(markable),
      removed: report.removed + removed.length,
      removedBytes: report.removedBytes + sizeOf(removed),
    };
    onPage?.(report);
  }
}

/**
 * Two that look at the same time are one look: only the one that began last goes on, so that what it finds
 * marked was marked before it began to look.
 *
 * @throws ConfigurationError where another collection has begun since
 */
async function assertLast(store: Store, collection: number, signal: AbortSignal | undefined): Promise<void> {
  if ((await store.tokens.lastCollection({ signal })) === collection) return;
  throw new ConfigurationError(
    'Another collection of this store has begun since, so this one stops: what it found counts for nothing. Let one run at a time.',
  );
}

function tokensOf(records: readonly CollectableToken[]): string[] {
  return records.map(({ token }) => token);
}

function sizeOf(records: readonly CollectableToken[]): number {
  return records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/**
 * What the records of a namespace belong to. What has no namespace, such as the inputs of Nexus operations,
 * belongs to none, and is swept by nobody.
 *
 * @param codec opens the namespace's naming key
 * @throws KeyServiceError, StoreError and TokenError where the naming key cannot be had
 */
export async function scopesOf(
  store: Store,
  codec: EnvelopeCodec,
  namespace: string,
): Promise<readonly Uint8Array[]> {
  const ofDriver = driverScope(namespace);
  const isNamed = await store.keys.get('token-naming', recordName(namespace));
  if (isNamed === undefined) return [ofDriver];
  const { scope } = await new NamingKeys(store, codec).of(namespace);
  return [scope, ofDriver];
}

/**
 * The token that a payload of Temporal needs: it is one, or a reference of the SDK's external storage to a
 * record. `undefined` for any other.
 */
export function tokenNeededBy(payload: Payload): string | undefined {
  if (!isTokenPayload(payload)) return claimedToken(payload);
  try {
    return tokenOf(payload);
  } catch (error) {
    if (error instanceof TokenError) return undefined;
    throw error;
  }
}
