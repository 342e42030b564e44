import { ConfigurationError } from '@waxseal/core';
import type { Sealer } from '../reseal/sealer';
import { compareFiles } from './compare-files';
import { FileRun, type FileOutcome, type ResealFileOptions } from './file-run';
import { isThere } from './new-file';
import { SourceFile } from './source-file';

/**
 * Seals the envelopes of a file anew and leaves every other byte as it is: in a file beside it that is read
 * back, opened and compared before it takes its place.
 *
 * @throws ConfigurationError when it cannot be read or written, is no JSON, or was changed meanwhile; the
 *   file is as it was then
 */
export async function resealFile(
  path: string,
  sealer: Sealer,
  options: ResealFileOptions,
): Promise<FileOutcome> {
  const source = await SourceFile.open(path);
  const { target, dryRun } = options;
  try {
    if (target === undefined && source.stats.nlink > 1n) {
      throw new ConfigurationError(
        `it has ${String(source.stats.nlink)} names (hard links), and the others would keep the old payloads: give --output, or make copies of it`,
      );
    }
    if (target !== undefined && (await isThere(target)))
      return await lookAtMade(source, target, sealer, options);
    const run = new FileRun(source, sealer, options);
    await run.seal(target ?? source.path);
    return run.outcome(dryRun ? 'to be resealed' : 'resealed', dryRun || target === undefined);
  } finally {
    await source.close();
  }
}

/** An earlier run may have made it. */
async function lookAtMade(
  source: SourceFile,
  target: string,
  sealer: Sealer,
  options: ResealFileOptions,
): Promise<FileOutcome> {
  const made = await SourceFile.open(target);
  try {
    await compareFiles(source, made, sealer).catch((cause: unknown) => {
      throw isThereAlready(target, 'is not this one sealed anew', cause);
    });
    const run = new FileRun(made, sealer, { ...options, dryRun: true });
    await run.seal(target);
    const outcome = run.outcome('to be resealed', true);
    if (outcome.result !== 'nothing to do')
      throw isThereAlready(target, 'has payloads that are to be sealed anew');
    return outcome;
  } finally {
    await made.close();
  }
}

function isThereAlready(target: string, what: string, cause?: unknown): Error {
  return new ConfigurationError(`${target} is there already, and ${what}: name another folder`, { cause });
}
