import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import type { Subject, SubjectKeys } from '@waxseal/subjects';
import { EXIT } from '../failure/exit-codes';
import type { KeyOptions } from '../configuration';
import type { Output } from '../output';
import { Canary } from './canary';
import { keyIdOf, withSubjects } from './open-subjects';
import { shredLines, type ShreddedSubject, type ShredReport } from './shred-report';
import type { FoundHolders } from './subject-holders';
import { Progress } from '../terminal/progress';

/** What `waxseal subjects shred` takes. */
export interface ShredOptions extends KeyOptions {
  readonly namespace?: readonly string[];
  readonly force?: true;
  readonly dryRun?: true;
  readonly limit: number;
  readonly concurrency: number;
  readonly rps: number;
  readonly json?: true;
}

/** A subject that was named, and what the store knows of it. */
interface Named {
  readonly id: string;
  readonly keyId: string;
  readonly subject: Subject | undefined;
}

/**
 * Forgets subjects, after a look at what would fail without them, and proves that it did. Sets the exit code
 * of the process: 3 where something holds their payloads and nothing was removed, 1 where not all could be
 * done.
 *
 * @throws ConfigurationError, StoreError, KeyServiceError or TemporalFault; nothing is removed then
 */
export async function shred(ids: readonly string[], options: ShredOptions, output: Output): Promise<void> {
  await withSubjects(options, output, async (subjects) => {
    const named = await Promise.all([...new Set(ids)].map((id) => lookUp(subjects, id)));
    const isKnown = named.every(({ subject }) => subject !== undefined);
    const left = named.filter(({ subject }) => subject !== undefined && subject.shreddedAt === undefined);
    // A name that is wrong is found out before anything is removed.
    const found = left.length === 0 || !isKnown ? NOTHING_FOUND : await look(left, options);
    const isHeld = found.count > 0 || found.leftOut.length > 0;
    const isRefused = isHeld && options.force !== true;
    const isToGo = isKnown && !isRefused && options.dryRun !== true;
    // All that can be found out before anything is removed is.
    const canaries = new Map<string, Canary | string>();
    for (const { keyId } of isToGo ? left : []) {
      canaries.set(keyId, await canaryOf(subjects, keyId, options.force === true));
    }
    const done: ShreddedSubject[] = [];
    for (const each of named) {
      done.push(await shredOne(subjects, each, canaries.get(each.keyId), isRefused));
    }
    const report: ShredReport = {
      subjects: done,
      holders: found.holders,
      count: found.count,
      leftOut: found.leftOut,
      forgetWithinMs: subjects.forgetWithinMs,
    };
    if (options.json === true) output.line(escapeUnprintable(JSON.stringify(report, undefined, 2)));
    else for (const text of shredLines(report)) output.line(text);
    const hasFailed = done.some(({ result }) => result === 'failed');
    if (hasFailed || !isKnown || (isRefused && found.count === 0)) process.exitCode = EXIT.failed;
    else if (isRefused) process.exitCode = EXIT.found;
  });
}

const NOTHING_FOUND: FoundHolders = { holders: [], count: 0, leftOut: [] };

async function lookUp(subjects: SubjectKeys, id: string): Promise<Named> {
  const keyId = await keyIdOf(subjects, id);
  return { id, keyId, subject: await subjects.find(keyId) };
}

/** With `--force`, that Temporal cannot be looked at is told, and no error. */
async function look(
  named: readonly Named[],
  { namespace, limit, concurrency, rps, force }: ShredOptions,
): Promise<FoundHolders> {
  const progress = new Progress('executions');
  try {
    const { findHolders } = await importOptional(
      'A look at what holds payloads of a subject',
      ['@temporalio/envconfig'],
      () => import('./subject-holders.js'),
    );
    return await findHolders(new Set(named.map(({ keyId }) => keyId)), {
      namespaces: namespace,
      limit,
      concurrency,
      rps,
      onProgress: (now) => {
        progress.show({ done: now.executions, total: now.total });
      },
    });
  } catch (error) {
    if (force !== true) throw error;
    return { ...NOTHING_FOUND, leftOut: [messageOf(error)] };
  } finally {
    progress.end();
  }
}

/** With `--force`, a key that cannot be opened goes all the same: why, in the place of the canary. */
async function canaryOf(subjects: SubjectKeys, keyId: string, isForced: boolean): Promise<Canary | string> {
  try {
    return await Canary.make(subjects, keyId);
  } catch (error) {
    if (!isForced) throw error;
    return messageOf(error);
  }
}

/** @param canary `undefined` where nothing is to be removed */
async function shredOne(
  subjects: SubjectKeys,
  { id, keyId, subject }: Named,
  canary: Canary | string | undefined,
  isRefused: boolean,
): Promise<ShreddedSubject> {
  const one = { id, keyId, shreddedAt: subject?.shreddedAt, proof: undefined };
  if (subject === undefined) return { ...one, result: 'not known' };
  if (subject.shreddedAt !== undefined) return { ...one, result: 'shredded before' };
  if (canary === undefined) return { ...one, result: isRefused ? 'held' : 'to be shredded' };
  try {
    await subjects.shred(keyId);
    return { ...one, result: 'shredded', ...(await prove(subjects, keyId, canary)) };
  } catch (error) {
    // Of several, what was done is told all the same.
    return { ...one, result: 'failed', proof: messageOf(error) };
  }
}

/** @throws ConfigurationError where the key is still there, or a payload still opens */
async function prove(
  subjects: SubjectKeys,
  keyId: string,
  canary: Canary | string,
): Promise<Pick<ShreddedSubject, 'shreddedAt' | 'proof'>> {
  const now = await subjects.find(keyId);
  if (now?.shreddedAt === undefined) {
    throw new ConfigurationError(
      'The store still has the key after it was removed. Is it read from another host than it is written to?',
    );
  }
  const { shreddedAt } = now;
  if (typeof canary === 'string') {
    const proof = `The store has no key. It is not proved by a payload, since none could be made: ${canary}`;
    return { shreddedAt, proof };
  }
  if ((await canary.tryToOpen()) !== 'shredded') {
    throw new ConfigurationError('A payload of the subject still opens after its key was removed.');
  }
  return {
    shreddedAt,
    proof: 'A payload that opened before does not open any more, and the store has no key.',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
