import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import type { RecordFile } from '../reseal/record-file';
import type { TemporalSession } from '../temporal/grpc-session';
import type { HeldExecution } from './held-executions';

const api = temporal.api.workflowservice.v1;
const NOT_FOUND = 5;

/** What came of a signal. `gone`: the run has closed meanwhile. */
export type Signalled = 'signalled' | 'signalled before' | 'gone' | 'failed';

/** An execution, and what came of its signal; `undefined` where none was sent. */
export type DrainedExecution = HeldExecution & { readonly signal?: Signalled | 'to be signalled' };

/** Which runs a record says were signalled, or were about to be: the ID of the request for each. */
export interface SignalRecord {
  readonly done: ReadonlySet<string>;
  readonly begun: ReadonlyMap<string, string>;
}

/**
 * Reads back what an earlier run of the command has recorded of a signal.
 *
 * @throws ConfigurationError when the file cannot be read, or is no record
 */
export function readSignals(path: string, namespace: string, signal: string): SignalRecord {
  const done = new Set<string>();
  const begun = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { done, begun };
    throw new ConfigurationError(`--record: ${path} cannot be read (${code}).`, { cause });
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const wrong = (): Error =>
      new ConfigurationError(
        `--record: line ${String(index + 1)} of ${path} is no record. Name another file.`,
      );
    const entry = parseJson(line, wrong) as Partial<Record<string, unknown>> | null;
    if (typeof entry !== 'object' || entry === null) throw wrong();
    const { runId, result, requestId } = entry;
    if (entry['namespace'] !== namespace || entry['signal'] !== signal || typeof runId !== 'string') continue;
    if (result === 'signalled' || result === 'gone') done.add(runId);
    else if (result === 'to be signalled' && typeof requestId === 'string') begun.set(runId, requestId);
  }
  return { done, begun };
}

/** A signal that asks workflows to go on without their old payloads. */
export interface Nudge {
  readonly namespace: string;
  readonly signal: string;
  /** Makes the input for a workflow; none where there is no input. */
  readonly input: (workflowId: string) => Promise<Payload[]>;
}

/**
 * Signals a run, unless the record says that it was. What is about to be done is recorded first, with the ID
 * of the request: Temporal takes a request that comes twice once.
 *
 * @throws TemporalFault when Temporal does not answer; what sealing the input throws
 */
export async function signalOnce(
  session: TemporalSession,
  { namespace, signal, input }: Nudge,
  { id, runId }: HeldExecution,
  { done, begun }: SignalRecord,
  record: RecordFile,
): Promise<Signalled> {
  if (done.has(runId)) return 'signalled before';
  const requestId = begun.get(runId) ?? randomUUID();
  const entry = { command: 'drain', namespace, workflowId: id, runId, signal, requestId };
  if (!begun.has(runId)) record.write({ ...entry, result: 'to be signalled' });
  const request = api.SignalWorkflowExecutionRequest.encode({
    namespace,
    workflowExecution: { workflowId: id, runId },
    signalName: signal,
    input: { payloads: await input(id) },
    identity: 'waxseal keys drain',
    requestId,
  });
  const { status, said } = await session.call('SignalWorkflowExecution', request.finish());
  const result = status === 0 ? 'signalled' : status === NOT_FOUND ? 'gone' : 'failed';
  record.write({ ...entry, result, ...(result === 'failed' && { status, because: said.slice(0, 300) }) });
  return result;
}
