import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { howMany, plain, printable } from '../printable';
import { RecordFile } from '../reseal/record-file';
import { Sealer } from '../reseal/sealer';
import { type RecordOutcome, resealRecords } from './reseal-records';
import { noStore } from './store-actions';
import { Progress } from '../terminal/progress';

/** Options of `waxseal store reseal`. */
export interface ResealStoreOptions extends KeyOptions {
  readonly from?: string;
  readonly dryRun?: true;
  readonly record?: string;
  readonly json?: true;
  /** Asks a person whether to go on; `undefined` where nobody is asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

const MOST_LEFT = 20;

/**
 * Seals the records of the configured store anew, prints what came of it, and sets the exit code of the
 * process: 1 where something is left.
 *
 * @throws ConfigurationError, StoreError or KeyServiceError
 */
export async function resealStore(options: ResealStoreOptions, { line, notice }: Output): Promise<void> {
  const { from, dryRun = false } = options;
  const config = await configurationOf(options);
  const { store, codec } = config;
  const progress = new Progress('records');
  let record: RecordFile | undefined;
  try {
    if (options.json !== true) for (const text of configurationLines(config)) notice(text);
    if (store === undefined) throw noStore();
    const sealer = new Sealer(config);
    if (typeof codec.keyring !== 'function') await sealer.assertNotInUse(from, undefined);
    const question = `Look through the store (${store.kind}), and replace the records that are to be sealed anew?`;
    if (!dryRun && options.confirm !== undefined && !(await options.confirm(question))) {
      notice('Nothing was changed.');
      process.exitCode = EXIT.failed;
      return;
    }
    if (options.record !== undefined && !dryRun) record = new RecordFile(options.record);
    const total = (await store.tokens.stats()).records;
    const left: RecordOutcome[] = [];
    const counts = { resealed: 0, left: 0 };
    const looked = await resealRecords(store, sealer, {
      from,
      dryRun,
      onRecord: (outcome) => {
        record?.write({ command: 'store reseal', ...outcome });
        counts[outcome.result === 'left' ? 'left' : 'resealed'] += 1;
        if (outcome.result === 'left' && left.length < MOST_LEFT) left.push(outcome);
      },
      onLooked: (executions) => {
        progress.show({ done: executions, total: Math.max(total, executions) });
      },
    });
    progress.end();
    if (options.json === true) {
      line(JSON.stringify({ dryRun, looked, ...counts, firstLeft: left }, undefined, 2));
    } else {
      for (const { record: name, because = '', from: names } of left) {
        line(`left: ${plain(name)} (${names.map(printable).join(', ')}): ${plain(because)}`);
      }
      line(
        `${howMany(looked, 'record')}: ${String(counts.resealed)} ${dryRun ? 'to be resealed' : 'resealed'}, ${String(counts.left)} left${dryRun ? '. Nothing was changed.' : ''}`,
      );
    }
    if (counts.left > 0) process.exitCode = EXIT.failed;
  } finally {
    progress.end();
    record?.close();
    codec.close();
    await store?.close();
  }
}
