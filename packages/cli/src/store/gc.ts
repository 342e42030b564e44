import { scopesOf } from '@waxseal/claim-check';
import { durationMs } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { UsageError } from '../failure/command-errors';
import type { Output } from '../output';
import { printable } from '../printable';
import { TemporalReader } from '../scan/temporal-reader';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { Collection, type CollectionOptions } from './collection';
import { collectionLines } from './collection-report';
import { CollectionFile } from './collection-state';
import { noStore } from './store-actions';

/** Options of `waxseal store gc`. */
export interface GcOptions extends KeyOptions, CollectionOptions {
  readonly grace: string;
  readonly state?: string;
  readonly json?: true;
  readonly rps: number;
  /** Asks a person whether to go on; `undefined` where nobody is asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/**
 * Removes the records that nothing in a namespace needs, prints what came of it, and sets the exit code of
 * the process: 1 where not all could be looked at, and so nothing was removed.
 *
 * @throws ConfigurationError, StoreError, KeyServiceError or TemporalFault
 */
export async function collectTokens(options: GcOptions, output: Output): Promise<void> {
  const graceMs = graceOf(options.grace);
  const settings = readTemporalSettings(process.env);
  const config = await configurationOf(options);
  const { store, codec } = config;
  try {
    if (options.json !== true) for (const text of configurationLines(config)) output.notice(text);
    if (store === undefined) throw noStore();
    const session = await openLastingSession(settings);
    const state = options.state === undefined ? undefined : await CollectionFile.open(options.state);
    try {
      const { namespace, address } = settings;
      const question = `Remove from the store (${store.kind}) what ${printable(namespace)} at ${address} needs no more? No other Temporal may have a namespace of this name with this store.`;
      if (options.confirm !== undefined && !(await options.confirm(question))) {
        output.notice('Nothing was changed.');
        process.exitCode = EXIT.failed;
        return;
      }
      const reader = new TemporalReader(session, namespace, options.rps);
      const scopes = await scopesOf(store, codec, namespace);
      const source = `Namespace ${printable(namespace)} at ${address}`;
      const { notice } = output;
      const parts = { options, notice, store, reader, scopes, graceMs, source, state };
      const report = await new Collection(parts).run();
      if (options.json === true) output.line(JSON.stringify(report, undefined, 2));
      else for (const text of collectionLines(report)) output.line(text);
      if (report.refused.length > 0) process.exitCode = EXIT.failed;
    } finally {
      session.close();
      await state?.close();
    }
  } finally {
    codec.close();
    await store?.close();
  }
}

/** @throws UsageError when it is no duration up to 30 days */
export function graceOf(grace: string): number {
  if (grace === '0') return 0;
  try {
    return durationMs('--grace', grace, '30d');
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
