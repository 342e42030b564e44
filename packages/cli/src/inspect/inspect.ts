import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import { UsageError } from '../failure/command-errors';
import { JsonArray } from '../json-array';
import type { Output } from '../output';
import { inspectFiles, inspectMessage, type Sink } from './inspect-sources';
import { inspected } from './inspected';
import { payloadLines, totalLines } from './inspect-lines';
import { InspectTotals } from './inspect-totals';
import { withProgress } from '../terminal/progress';

/** Options of `waxseal inspect`. */
export interface InspectOptions {
  readonly workflowId?: string;
  readonly runId?: string;
  readonly namespace?: string;
  readonly json?: true;
  readonly ndjson?: true;
  readonly failOnPlaintext?: true;
}

/**
 * Prints what payloads say in clear, one after the other as they are read, and totals. Sets the exit code of
 * the process: 1 where an envelope is malformed; with `failOnPlaintext` 3 where one is, something
 * is in clear, or it cannot be told.
 *
 * @throws ConfigurationError or TemporalFault when something cannot be read, or no payload is found in files
 */
export async function inspect(
  files: readonly string[],
  options: InspectOptions,
  { line, notice }: Output,
): Promise<void> {
  const { workflowId, runId, namespace, json, ndjson, failOnPlaintext } = options;
  if (workflowId === undefined && (runId !== undefined || namespace !== undefined)) {
    throw new UsageError('--run-id and --namespace go with --workflow-id.');
  }
  const totals = new InspectTotals();
  const writer = json === true ? new JsonArray(line) : undefined;
  const told = { inFull: true };
  const sink: Sink = {
    payload: (found, source) => {
      const description = inspected(found, source);
      totals.add(description, found.isBesideCodecs);
      if (writer !== undefined) writer.add(description);
      else if (ndjson === true) line(escapeUnprintable(JSON.stringify(description)));
      else line(payloadLines(description, totals.payloads));
    },
    failureInClear: () => {
      totals.failureInClear();
    },
    notLooked: (why) => {
      told.inFull = false;
      notice(why);
    },
  };
  const read = async (): Promise<void> => {
    if (workflowId !== undefined) {
      if (files.length > 0) throw new UsageError('Name files, or give --workflow-id: one of the two.');
      const { withWorkflow } = await importOptional(
        '--workflow-id',
        ['@temporalio/envconfig'],
        () => import('./workflow-history.js'),
      );
      await withWorkflow({ workflowId, runId, namespace }, async ({ execution, pages }) => {
        inspectMessage(execution, undefined, sink);
        for await (const page of pages) inspectMessage(page, undefined, sink);
      });
    } else {
      await inspectFiles(files.length === 0 ? ['-'] : files, sink);
      if (totals.isEmpty) {
        throw new ConfigurationError(
          'No payload was found. Give a payload in JSON ({"metadata":{"encoding":"…"},"data":"…"}), JSON that holds payloads, or the base64 of the data.',
        );
      }
    }
  };
  await withProgress('payloads', read, () => ({ done: totals.payloads }));
  if (writer !== undefined) writer.end();
  else if (ndjson === true) line(escapeUnprintable(JSON.stringify({ totals })));
  else for (const each of totalLines(totals.toJSON())) line(each);
  if (totals.malformed > 0) process.exitCode = EXIT.failed;
  if (failOnPlaintext !== true || (totals.notEncrypted === 0 && told.inFull)) return;
  if (totals.notEncrypted > 0) {
    notice(`In clear, malformed or not to be told: ${String(totals.notEncrypted)} payloads and failures.`);
  }
  process.exitCode = EXIT.found;
}
