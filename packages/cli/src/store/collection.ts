import { sweep, type SweepReport } from '@waxseal/claim-check';
import { ConfigurationError } from '@waxseal/core';
import type { Store } from '@waxseal/store';
import { usageReport } from '../keys/usage-report';
import type { Output } from '../output';
import { describeNamespace } from '../scan/namespace';
import type { OnPayload } from '../scan/read-usage';
import { type ScannedFiles, scanFiles } from '../scan/scan-files';
import { scanNamespace } from '../scan/scan-namespace';
import type { StoredState } from '../scan/scan-state';
import type { TemporalReader } from '../scan/temporal-reader';
import {
  type CollectedScan,
  type CollectionConsent,
  type CollectionReport,
  refusals,
} from './collection-report';
import type { CollectionFile, CollectionState } from './collection-state';
import { NeededTokens } from './needed-tokens';
import { waitBeforeScan } from './wait-before-scan';
import { Progress, withProgress } from '../terminal/progress';

/** How a collection is made. */
export interface CollectionOptions extends CollectionConsent {
  /** Exported histories that need records too. */
  readonly files?: readonly string[];
  /** Changes nothing, and tells what would be done. */
  readonly dryRun?: true;
  /** How many executions are read at a time. */
  readonly concurrency: number;
  /** How many executions are read again at most by a scan that goes on. */
  readonly checkpoint: number;
}

type Scan = CollectedScan & { readonly read: number };

/** What one collection is made of. */
export interface CollectionParts {
  readonly options: CollectionOptions;
  readonly notice: Output['notice'];
  readonly store: Store;
  readonly reader: TemporalReader;
  readonly scopes: readonly Uint8Array[];
  readonly graceMs: number;
  readonly source: string;
  readonly state: CollectionFile | undefined;
}

/** One collection: it begins, waits, scans and sweeps. */
export class Collection {
  readonly #parts: CollectionParts;
  #number = 0;
  #waitedMs = 0;
  #needed = new NeededTokens();
  #stored: StoredState | undefined;

  constructor(parts: CollectionParts) {
    this.#parts = parts;
  }

  /**
   * Runs it. Where not all could be looked at, nothing is marked and nothing removed.
   *
   * @throws ConfigurationError, StoreError or TemporalFault
   */
  async run(): Promise<CollectionReport> {
    const { options, reader, state, source } = this.#parts;
    const { dryRun = false } = options;
    // What is wrong now would be wrong after the wait.
    const { leftOut, blindSpots } = await describeNamespace(reader);
    if (leftOut.length > 0) {
      const nothing = { source, holders: {}, leftOut, blindSpots, untold: 0, read: 0 };
      return this.#report(nothing, refusals(nothing, { allowEmpty: true }), null);
    }
    if (!dryRun) {
      await this.#begin();
      if (this.#stored === undefined) await this.#wait();
    }
    const scan = await this.#scan();
    const refused = refusals(scan, options);
    if (refused.length > 0) {
      // What was not seen this time is looked for again, without another wait.
      await this.#keep(undefined, true);
      return this.#report(scan, refused, null);
    }
    const swept = await this.#sweep(dryRun);
    if (!dryRun) await state?.remove();
    return this.#report(scan, [], swept);
  }

  #report(scan: Scan, refused: readonly string[], swept: SweepReport | null): CollectionReport {
    const { options, reader } = this.#parts;
    return {
      reportVersion: 1,
      namespace: reader.namespace,
      dryRun: options.dryRun === true,
      collection: this.#number === 0 ? null : this.#number,
      ...scan,
      refused,
      sweep: swept,
    };
  }

  async #wait(): Promise<void> {
    const { graceMs, notice } = this.#parts;
    const onWaited = async (waitedMs: number): Promise<void> => {
      this.#waitedMs = waitedMs;
      await this.#keep(undefined, false);
    };
    await this.#keep(undefined, true);
    await waitBeforeScan({ graceMs, waitedMs: this.#waitedMs, notice, onWaited });
    await this.#keep(undefined, true);
  }

  /** Begins a collection, or goes on with one that was ended early. */
  async #begin(): Promise<void> {
    const { store, state, scopes, reader, notice } = this.#parts;
    const earlier = await state?.read();
    if (state === undefined || earlier === undefined) {
      this.#number = await store.tokens.beginCollection();
      return;
    }
    if (earlier.namespace !== reader.namespace || String(earlier.scopes) !== String(scopes.map(hexOf))) {
      throw new ConfigurationError(
        '--state: what is kept there is of another namespace or another store. Name another file, or delete it.',
      );
    }
    const last = await store.tokens.lastCollection();
    if (earlier.collection !== last) {
      const why =
        earlier.collection > last
          ? 'the store was set back since, as by a restore'
          : 'another collection has begun since';
      notice(`--state: ${why}: this collection begins anew.`);
      this.#number = await store.tokens.beginCollection();
      return;
    }
    notice(`Collection ${String(earlier.collection)}, which was interrupted, goes on.`);
    this.#number = earlier.collection;
    this.#waitedMs = earlier.waitedMs;
    if (earlier.scan === undefined) return;
    this.#needed = new NeededTokens(await state.readTokens(earlier.scan), earlier.scan.untold);
    this.#stored = earlier.scan.state;
  }

  async #scan(): Promise<Scan> {
    const { reader, options, source } = this.#parts;
    const progress = new Progress('executions');
    const stored = this.#stored;
    try {
      const scanned = await scanNamespace(reader, {
        concurrency: options.concurrency,
        mostInSlice: options.checkpoint,
        ...(stored && { stored }),
        onBegin: ({ isResumed }) => {
          if (!isResumed) this.#needed = new NeededTokens();
        },
        keep: (current) => this.#keep(current, false),
        onProgress: (now) => {
          progress.show({ done: now.executions, total: now.total });
        },
        onPayload: (payload, kind) => {
          this.#needed.note(payload, kind);
        },
      });
      const leftOut = [...scanned.leftOut];
      const ofNamespace = usageReport({ ...scanned, source, leftOut, endedMs: Date.now() });
      const inFiles = options.files === undefined ? undefined : await this.#scanFiles(options.files);
      return {
        source,
        holders: ofNamespace.holders,
        leftOut: [...ofNamespace.leftOut, ...(inFiles?.leftOut ?? [])],
        blindSpots: scanned.blindSpots,
        untold: this.#needed.untold,
        read: scanned.read,
      };
    } finally {
      progress.end();
    }
  }

  async #scanFiles(files: readonly string[]): Promise<ScannedFiles> {
    let payloads = 0;
    const onPayload: OnPayload = (payload, kind) => {
      payloads += 1;
      this.#needed.note(payload, kind);
    };
    const scan = (): Promise<ScannedFiles> => scanFiles(files, undefined, onPayload);
    return withProgress('payloads of files', scan, () => ({ done: payloads }));
  }

  async #sweep(isDryRun: boolean): Promise<SweepReport> {
    const { store, scopes } = this.#parts;
    const progress = new Progress('records');
    const total = (await store.tokens.stats()).records;
    try {
      return await sweep({
        store,
        collection: isDryRun ? Number.MAX_SAFE_INTEGER : this.#number,
        scopes,
        isNeeded: (token) => this.#needed.filter.mayHave(token),
        isDryRun,
        onPage: ({ records }) => {
          progress.show({ done: records, total });
        },
      });
    } finally {
      progress.end();
    }
  }

  /** @param scan how far the scan has come; `undefined` where it is to begin */
  async #keep(
    scan: { readonly toStored: (hasEnded: boolean) => StoredState } | undefined,
    isDue: boolean,
  ): Promise<void> {
    const { state, scopes, reader, options } = this.#parts;
    if (options.dryRun === true) return;
    const current = (): Omit<CollectionState, 'stateVersion' | 'scan'> => ({
      namespace: reader.namespace,
      scopes: scopes.map(hexOf),
      collection: this.#number,
      waitedMs: this.#waitedMs,
    });
    const { filter, untold } = this.#needed;
    const ofScan = scan && (() => ({ filter, untold, state: scan.toStored(false) }));
    await state?.write(current, ofScan, isDue);
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
