import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { type CleanUp, createTestAuthority } from '@waxseal/bring-up';
import { startFreezingRelay, startHttpProxy, startKeyProcess, type KeyOutcome } from '@waxseal/test-support';

import type { PassingFault, Situation } from './faults';
import { type Certificate, type Subject, SERVICE_NAME } from './subject';

/** How long after its end a fault is watched. */
const WATCHED_MS = 60_000;
/** Between requests. */
const PAUSE_MS = 100;
/** That are open when a fault begins. */
const CONNECTIONS = 6;
/** Requests that may succeed after a fault began, since connections are still there. */
const UNNOTICED = 5;

/** How a fault is made. */
export interface Pace {
  /** Requests that fail before it ends: waits between attempts grow with them. */
  readonly failures: number;
  /** Limits of these requests; the defaults where they are left out. */
  readonly limits?: object;
}

/** What a user has: the default limits, and an outage of several requests. */
export const FULL: Pace = { failures: 2 };
/** For tests that must be short. */
export const SHORT: Pace = {
  failures: 1,
  limits: { attemptTimeoutMs: 1_000, totalTimeoutMs: 1_500, maxAttempts: 2 },
};

/** What became of one row. */
export interface Recovery {
  readonly subject: Subject;
  readonly fault: PassingFault;
  /** Requests that failed, before the fault ended and after it. */
  readonly failed: number;
  /** From the end of the fault to the first success; `undefined` where none was seen. */
  readonly recoveryMs: number | undefined;
  /** What is not as it should be, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Makes one fault for one process that uses a key, and measures how long after its end a request succeeds
 * again.
 *
 * @param cleanUp gets the steps that end everything, for when the run is interrupted
 */
export async function measureRecovery(
  subject: Subject,
  fault: PassingFault,
  pace: Pace,
  cleanUp: CleanUp,
): Promise<Recovery> {
  const situation = await prepare(subject, fault, cleanUp);
  const problems: string[] = [];
  const failures: KeyOutcome[] = [];
  const ask = async (limits?: object, ...names: string[]): Promise<KeyOutcome> => {
    const outcome = await situation.key.ask(limits, ...names);
    if (!outcome.ok) failures.push(outcome);
    return outcome;
  };
  if (fault.fromTheStart !== true) {
    const first = await ask(undefined, SERVICE_NAME);
    await situation.key.askAtOnce(CONNECTIONS);
    if (!first.ok) problems.push(`The key did not work before the fault: ${textOf(first)}`);
    failures.length = 0;
  }
  const before = await fault.renews?.(situation);
  await fault.begin(situation);
  if (fault.reason !== undefined) {
    const names = fault.fromTheStart === true ? [SERVICE_NAME] : [];
    for (let asked = 0; failures.length < pace.failures && asked < pace.failures + UNNOTICED; asked++) {
      await ask(pace.limits, ...names);
    }
    const { reason } = fault;
    const other = failures.find((failure) => !reason.test(failure.reason ?? ''));
    if (failures.length < pace.failures) problems.push('Requests succeeded in spite of the fault.');
    if (other !== undefined) problems.push(`A request failed in another way: ${textOf(other)}`);
  }
  await fault.end?.(situation);
  const endedAt = performance.now();
  let isBack = false;
  while (!isBack && performance.now() - endedAt < WATCHED_MS) {
    ({ ok: isBack } = await ask(undefined, SERVICE_NAME));
    if (!isBack) await sleep(PAUSE_MS);
  }
  const recoveryMs = isBack ? performance.now() - endedAt : undefined;
  if (recoveryMs === undefined || recoveryMs > fault.limitMs) {
    const last = failures.at(-1);
    problems.push(
      `It was not back within ${String(fault.limitMs / 1000)} s.${last === undefined ? '' : ` The last failure: ${textOf(last)}`}`,
    );
  }
  if (fault.renews !== undefined && (await fault.renews(situation)) === before) {
    problems.push('Nothing was made anew, so there was no fault.');
  }
  return { subject, fault, failed: failures.length, recoveryMs, problems };
}

function textOf({ reason = 'no reason', chain = [] }: KeyOutcome): string {
  return `${reason}. ${chain.join(' <- ')}`;
}

/** Starts the service, what stands before it, and a process that has not asked for anything yet. */
async function prepare(subject: Subject, fault: PassingFault, cleanUp: CleanUp): Promise<Situation> {
  const folder = await mkdtemp(join(tmpdir(), 'waxseal-recovery-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true }));
  const authority = await createTestAuthority('Waxseal test authority');
  const issue = async (notAfter?: Date): Promise<Certificate> => {
    const { certPem, keyPem } = await authority.issue({
      commonName: SERVICE_NAME,
      dnsNames: [SERVICE_NAME],
      usage: 'server',
      ...(notAfter && { notAfter }),
    });
    return { cert: certPem, key: keyPem };
  };
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.certPem);
  const relay = await startFreezingRelay();
  cleanUp.add(() => relay.close());
  const host = `${SERVICE_NAME}:${String(relay.port)}`;
  const service = await subject.start({ host, relay, certificate: await issue(), caFile, folder });
  cleanUp.add(() => service.stop());
  relay.upstream = service.port;
  const proxy = await startHttpProxy({ [host]: relay.port });
  cleanUp.add(() => proxy.close());
  const key = startKeyProcess(service.uri, {
    NODE_EXTRA_CA_CERTS: caFile,
    ...service.environment,
    ...(fault.throughProxy === true ? { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } : {}),
  });
  cleanUp.add(() => key.close());
  return { key, service, relay, proxy, issue };
}
