import { payloadDecoder } from '@waxseal/codec-server';
import { importOptional, type LoadedConfig, type ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { withDeadline } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import type { AuditLog } from '../audit/audit-file';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { UsageError } from '../failure/command-errors';
import type { Output } from '../output';
import { openAudit } from '../serve/audit';
import { openLog } from '../serve/log';
import { serverSettings } from '../server-settings';
import { DocumentDecoder } from './decode-payloads';
import { decodeFile, decodeWorkflow } from './decode-sources';
import { localRecord, type LocalDecode } from './local-record';
import { jsonText, payloadJson, ReadableJson } from './payload-json';
import { choosePolicy, type ChosenPolicy } from './policy';
import { ResultFile } from './result-file';
import { withProgress } from '../terminal/progress';

/** Options of `waxseal decode`. */
export interface DecodeOptions extends KeyOptions {
  readonly workflowId?: string;
  readonly runId?: string;
  readonly namespace?: string;
  readonly policy?: string;
  readonly audit?: string;
  readonly auditKeyFile?: string;
  readonly readable?: true;
  readonly out?: string;
  readonly json?: true;
}

const AUDIT_MS = 5_000;

/**
 * Decodes payloads, has the run recorded, and only then shows what came out. Sets the exit code of the
 * process: 1 where a payload could not be decoded.
 *
 * @throws ConfigurationError or TemporalFault when nothing can be shown
 */
export async function decode(
  file: string | undefined,
  options: DecodeOptions,
  output: Output,
): Promise<void> {
  if (options.workflowId !== undefined && file !== undefined) {
    throw new UsageError('Name a file, or give --workflow-id: one of the two.');
  }
  if (options.workflowId === undefined && options.runId !== undefined) {
    throw new UsageError('--run-id goes with --workflow-id.');
  }
  const config = await configurationOf(options);
  let audit: AuditLog | undefined;
  let out: ResultFile | undefined;
  try {
    for (const text of configurationLines(config)) output.notice(text);
    const settings = serverSettings(config.server, auditOf(options));
    const policy = choosePolicy(settings, options.policy);
    if (settings.audit === 'stdout' && options.out === undefined) {
      throw new ConfigurationError(
        'The audit log is standard output, which has the result too: give --out, or another --audit.',
      );
    }
    audit = await openAudit(settings, openLog('text', output));
    if (options.out !== undefined) out = await ResultFile.create(options.out);
    const run = new Run(config, settings, policy, audit, options.readable === true);
    const texts = await withProgress(
      'payloads',
      () => decodeSource(file ?? '-', options, settings, run),
      () => ({ done: run.payloads }),
    );
    if (out === undefined) for (const text of texts) output.line(text);
    else {
      await out.write(texts);
      if (options.json === true) output.line(JSON.stringify({ out: options.out, ...run.counts() }));
    }
    run.tell(output.notice);
  } catch (error) {
    await out?.discard();
    throw error;
  } finally {
    await audit?.close();
    config.codec.close();
  }
}

function auditOf({ audit, auditKeyFile }: DecodeOptions): Pick<DecodeOptions, 'audit' | 'auditKeyFile'> {
  return { ...(audit !== undefined && { audit }), ...(auditKeyFile !== undefined && { auditKeyFile }) };
}

async function decodeSource(
  file: string,
  { workflowId, runId, namespace }: DecodeOptions,
  { defaultNamespace }: ServerConfig,
  run: Run,
): Promise<readonly string[]> {
  if (workflowId === undefined) {
    return run.recorded({ namespace: namespace ?? defaultNamespace, named: undefined }, (decoder, textOf) =>
      decodeFile(file, decoder, textOf),
    );
  }
  const { withWorkflow } = await importOptional(
    '--workflow-id',
    ['@temporalio/envconfig'],
    () => import('../inspect/workflow-history.js'),
  );
  return withWorkflow({ workflowId, runId, namespace }, (workflow) => {
    const named = { workflowId, runId: workflow.runId };
    return run.recorded({ namespace: workflow.namespace, named }, (decoder, textOf) =>
      decodeWorkflow(workflow, decoder, textOf),
    );
  });
}

type Work = (decoder: DocumentDecoder, textOf: ReadableJson['textOf']) => Promise<readonly string[]>;

/** One run of the command: how it decodes, and the record of it. */
class Run {
  readonly #config: LoadedConfig;
  readonly #settings: ServerConfig;
  readonly #policy: ChosenPolicy;
  readonly #audit: AuditLog | undefined;
  readonly #isReadable: boolean;
  #documents: DocumentDecoder | undefined;

  constructor(
    config: LoadedConfig,
    settings: ServerConfig,
    policy: ChosenPolicy,
    audit: AuditLog | undefined,
    isReadable: boolean,
  ) {
    this.#config = config;
    this.#settings = settings;
    this.#policy = policy;
    this.#audit = audit;
    this.#isReadable = isReadable;
  }

  /**
   * @returns what the work gives, once it is recorded
   * @throws what the work throws; ConfigurationError when it cannot be recorded
   */
  async recorded(about: Pick<LocalDecode, 'namespace' | 'named'>, work: Work): Promise<readonly string[]> {
    const { namespaces, externalStorage } = this.#settings;
    const decoder = payloadDecoder({
      codecs: this.#config.codecs,
      ...(namespaces !== undefined && { namespaces }),
      ...(externalStorage !== undefined && { externalStorage }),
      namespace: about.namespace,
    });
    const readable = this.#isReadable ? new ReadableJson() : undefined;
    const { mask, names: policies } = this.#policy;
    const documents = new DocumentDecoder(decoder, mask, readable?.valueOf ?? payloadJson);
    this.#documents = documents;
    const keep = (failure?: unknown): Promise<void> => {
      const { payloads, unreadable } = documents;
      return this.#keep({ ...about, ...decoder, policies, payloads, unreadable }, failure);
    };
    let texts: readonly string[];
    try {
      texts = await work(documents, readable?.textOf ?? jsonText);
    } catch (error) {
      // Nothing is shown; why it failed is of more use than that this could not be recorded.
      if (documents.payloads > 0) await keep(error).catch(() => undefined);
      throw error;
    }
    await keep();
    return texts;
  }

  async #keep(decode: LocalDecode, failure: unknown): Promise<void> {
    const audit = this.#audit;
    if (audit === undefined) return;
    const late = (): Error => new Error('The audit log does not take the record.');
    try {
      await withDeadline(AUDIT_MS, undefined, async () => audit.sink(localRecord(decode, failure)), late);
    } catch (cause) {
      throw new ConfigurationError(
        'The audit log cannot be written, so nothing is shown. Check the target of --audit (server.audit).',
        { cause },
      );
    }
  }

  /** How many payloads were come to. */
  get payloads(): number {
    return this.#documents?.payloads ?? 0;
  }

  /** How many payloads there were, and why some could not be decoded. */
  counts(): object {
    const { payloads = 0, unreadable = 0, reasons } = this.#documents ?? {};
    return { payloads, unreadable, reasons: Object.fromEntries(reasons ?? []) };
  }

  /** Says what could not be decoded. Sets the exit code of the process. */
  tell(notice: Output['notice']): void {
    const { payloads = 0, unreadable = 0, reasons = new Map<string, number>() } = this.#documents ?? {};
    if (unreadable === 0) return;
    for (const [reason, count] of reasons) notice(`${String(count)} not decoded: ${reason}`);
    notice(`${String(unreadable)} of ${String(payloads)} payloads could not be decoded.`);
    process.exitCode = EXIT.failed;
  }
}
