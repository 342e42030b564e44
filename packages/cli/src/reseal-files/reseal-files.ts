import { stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { ConfigurationError } from '@waxseal/core';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { howMany } from '../printable';
import { RecordFile } from '../reseal/record-file';
import { Sealer } from '../reseal/sealer';
import { filesIn } from '../scan/named-files';
import { filesReport, isLeft, reportLines, type NamedFile } from './files-report';
import type { FileOutcome } from './file-run';
import { resealFile } from './reseal-file';
import { Progress } from '../terminal/progress';

/** Options of `waxseal keys reseal files`. */
export interface ResealFilesOptions extends KeyOptions {
  readonly from?: string;
  /** A folder for the files as they are then; without it they are replaced. */
  readonly output?: string;
  readonly dryRun?: true;
  readonly record?: string;
  readonly json?: true;
  /** Asks a person whether to go on; `undefined` where nobody is asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/**
 * Seals the envelopes in files anew, prints what came of it, and sets the exit code of the process: 1 where
 * something is left, was not looked at, or failed.
 *
 * @param paths files and folders
 * @throws ConfigurationError
 */
export async function resealFiles(
  paths: readonly string[],
  options: ResealFilesOptions,
  { line, notice }: Output,
): Promise<void> {
  const { from, output, dryRun = false } = options;
  const notLooked: string[] = [];
  const tasks = await tasksOf(paths, output, (why) => notLooked.push(why));
  const config = await configurationOf(options);
  if (options.json !== true) for (const text of configurationLines(config)) notice(text);
  let record: RecordFile | undefined;
  const progress = new Progress('MiB');
  try {
    const sealer = new Sealer(config);
    if (typeof config.codec.keyring !== 'function') await sealer.assertNotInUse(from, undefined);
    const question = `Look through ${howMany(tasks.length, 'file')}, and replace those that hold what is to be sealed anew?`;
    if (!dryRun && options.confirm !== undefined && !(await options.confirm(question))) {
      notice('Nothing was changed.');
      process.exitCode = EXIT.failed;
      return;
    }
    if (options.record !== undefined && !dryRun) record = new RecordFile(options.record);
    const total = inMib(tasks.reduce((sum, { bytes }) => sum + bytes, 0));
    const outcomes: NamedFile[] = [];
    let before = 0;
    for (const { file, target, bytes } of tasks) {
      const onRead = (read: number): void => {
        progress.show({ done: inMib(before + read), total });
      };
      const outcome = await outcomeOf(file, sealer, { from, dryRun, target, onRead });
      before += bytes;
      outcomes.push({ file, ...outcome });
      if (outcome.result !== 'nothing to do' || outcome.leftCount > 0) {
        record?.write({ command: 'reseal files', file, ...(target !== undefined && { target }), ...outcome });
      }
    }
    progress.end();
    const report = filesReport(dryRun, outcomes, notLooked);
    if (options.json === true) line(JSON.stringify(report, undefined, 2));
    else for (const text of reportLines(report)) line(text);
    if (outcomes.some(isLeft) || notLooked.length > 0) process.exitCode = EXIT.failed;
  } finally {
    progress.end();
    record?.close();
    config.codec.close();
  }
}

interface Task {
  readonly file: string;
  readonly target: string | undefined;
  readonly bytes: number;
}

/**
 * What is to be done, each file once, however many of the paths lead to it.
 *
 * @throws ConfigurationError when there is nothing to do, or two files would become one
 */
async function tasksOf(
  paths: readonly string[],
  output: string | undefined,
  notLooked: (why: string) => void,
): Promise<readonly Task[]> {
  const tasks = new Map<string, Task>();
  for (const path of paths) {
    if (path === '-')
      throw new ConfigurationError('Standard input cannot be replaced: name files or folders.');
    for await (const file of filesIn(path, notLooked)) {
      const within = file === path ? basename(file) : relative(path, file);
      const target = output === undefined ? undefined : join(output, within);
      const { id, bytes } = await known(file);
      const same = tasks.get(target ?? id);
      if (target !== undefined && same !== undefined && same.file !== file) {
        throw new ConfigurationError(
          `--output: ${same.file} and ${file} would both become ${target}. Name one of them.`,
        );
      }
      if (same === undefined) tasks.set(target ?? id, { file, target, bytes });
    }
  }
  if (tasks.size === 0) {
    throw new ConfigurationError(
      `No file is called *.json, *.ndjson or *.jsonl in ${paths.join(', ')}. Name what holds histories or payloads.`,
    );
  }
  return [...tasks.values()];
}

/** What tells a file from others by whatever path, and its size. */
async function known(file: string): Promise<{ readonly id: string; readonly bytes: number }> {
  try {
    const { dev, ino, size } = await stat(file, { bigint: true });
    return { id: `${String(dev)} ${String(ino)}`, bytes: Number(size) };
  } catch {
    // Reading it tells why it cannot be.
    return { id: file, bytes: 0 };
  }
}

/** What is wrong with one file does not hold up the others. */
async function outcomeOf(...[file, sealer, options]: Parameters<typeof resealFile>): Promise<FileOutcome> {
  try {
    return await resealFile(file, sealer, options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { result: 'failed', payloads: [], leftCount: 0, left: [], because: error.message };
  }
}

function inMib(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
