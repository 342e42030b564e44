import { ConfigurationError } from '@waxseal/core';
import { printable } from '../printable';
import type { TypedMessage } from '../scan/messages';
import { describeWorkflow, historyPages } from '../scan/read-workflow';
import { TemporalReader } from '../scan/temporal-reader';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';

const REQUESTS_PER_SECOND = 100;

/** An execution that a person names. */
export interface NamedWorkflow {
  readonly workflowId: string;
  /** Default: the latest run. */
  readonly runId?: string | undefined;
  /** Default: that of `TEMPORAL_NAMESPACE` or the profile. */
  readonly namespace?: string | undefined;
}

/** An execution that is there, and how to read it. */
export interface WorkflowSource {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** What is known of it beside its history: memo, and what is under way. */
  readonly execution: TypedMessage;
  /** Its history, a page at a time. */
  readonly pages: AsyncIterable<TypedMessage>;
}

/**
 * Reads an execution from the server that `TEMPORAL_*` variables and `temporal.toml` name.
 *
 * @param use what is done with it, while the connection is open
 * @throws ConfigurationError when it is not there, or Temporal refuses; TemporalFault when Temporal does not
 *   answer
 */
export async function withWorkflow<T>(
  { workflowId, runId = '', namespace }: NamedWorkflow,
  use: (workflow: WorkflowSource) => Promise<T>,
): Promise<T> {
  const profile = readTemporalSettings(process.env);
  const settings = namespace === undefined ? profile : { ...profile, namespace };
  const session = await openLastingSession(settings);
  try {
    const reader = new TemporalReader(session, settings.namespace, REQUESTS_PER_SECOND);
    const described = await describeWorkflow(reader, workflowId, runId);
    if (described === undefined) throw notThere(workflowId, runId, settings.namespace);
    const run = described.info.execution?.runId ?? runId;
    return await use({
      namespace: settings.namespace,
      workflowId,
      runId: run,
      execution: described.message,
      pages: pagesOf(reader, workflowId, run),
    });
  } finally {
    session.close();
  }
}

async function* pagesOf(
  reader: TemporalReader,
  workflowId: string,
  runId: string,
): AsyncIterable<TypedMessage> {
  for await (const page of historyPages(reader, workflowId, runId)) {
    if (page === undefined) throw notThere(workflowId, runId, reader.namespace);
    yield page;
  }
}

function notThere(workflowId: string, runId: string, namespace: string): Error {
  const run = runId === '' ? '' : ` with run ${printable(runId)}`;
  return new ConfigurationError(
    `Workflow ${printable(workflowId)}${run} is not in namespace ${printable(namespace)}, or not any more. Check --workflow-id, --run-id and TEMPORAL_NAMESPACE.`,
  );
}
