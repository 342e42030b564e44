/** A record of an audit log as it was read: what a query looks at. Nothing of it is verified. */
export interface ReadRecord {
  readonly time: string;
  readonly requestId: string;
  readonly principal: string | null;
  readonly issuer: string | null;
  readonly namespace: string | null;
  readonly operation: string | null;
  readonly policies: readonly string[];
  readonly keyIds: readonly string[];
  readonly workflowIds: readonly string[];
  readonly named: { readonly workflowId: string; readonly runId: string | null } | null;
  readonly payloadCount: number | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly requests: number;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const WORD = /^[a-z]{1,20}$/;

/** @returns undefined where a line is no record */
export function readRecord(bytes: Buffer): ReadRecord | undefined {
  const json = parsed(bytes);
  if (!isObject(json)) return undefined;
  const { time, outcome, operation, payloadCount, requests, named } = json;
  if (typeof time !== 'string' || !TIME.test(time) || !isWord(outcome)) return undefined;
  const claim = isObject(named) ? textOf(named['workflowId']) : null;
  return {
    time,
    outcome,
    operation: isWord(operation) ? operation : null,
    requestId: textOf(json['requestId']) ?? '',
    principal: textOf(json['principal']),
    issuer: textOf(json['issuer']),
    namespace: textOf(json['namespace']),
    reason: textOf(json['reason']),
    policies: textsOf(json['policies']),
    keyIds: textsOf(json['keyIds']),
    workflowIds: textsOf(json['workflowIds']),
    named: isObject(named) && claim !== null ? { workflowId: claim, runId: textOf(named['runId']) } : null,
    payloadCount: typeof payloadCount === 'number' ? payloadCount : null,
    requests: typeof requests === 'number' ? requests : 1,
  };
}

/** What a query asks for: all that is given must hold. */
export interface Filter {
  readonly workflow?: string | undefined;
  readonly run?: string | undefined;
  readonly key?: string | undefined;
  readonly principal?: string | undefined;
  /** Milliseconds; the first is included, the second is not. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** A record that is asked for. */
export interface Match {
  readonly at: { readonly file: string; readonly line: number };
  readonly record: ReadRecord;
  /**
   * How it is about the workflow: its envelopes are bound to it, or the client named it. Undefined where no
   * workflow is asked for.
   */
  readonly by?: 'bound' | 'named';
}

/** Different names that a record has room for. */
const ROOM = 20;

/**
 * Looks whether a record is asked for.
 *
 * @returns undefined where it is not. Where it may be: `unnamed` when it says of no workflow that it is about
 *   it, and `full` when there was no room for more names
 */
export function matchOf(
  record: ReadRecord,
  { workflow, run, key, principal, since, until }: Filter,
): Omit<Match, 'at'> | 'unnamed' | 'full' | undefined {
  const { keyIds, workflowIds, named } = record;
  const ms = Date.parse(record.time);
  if ((since !== undefined && ms < since) || (until !== undefined && ms >= until)) return undefined;
  if (principal !== undefined && record.principal !== principal) return undefined;
  if (key !== undefined && !keyIds.includes(key)) return keyIds.length >= ROOM ? 'full' : undefined;
  if (workflow === undefined) return { record };
  const isNamed = named?.workflowId === workflow;
  // Envelopes do not say of which run they are.
  if (run !== undefined && named?.runId != null && (!isNamed || named.runId !== run)) return undefined;
  if (workflowIds.includes(workflow)) return { record, by: 'bound' };
  if (isNamed) return { record, by: 'named' };
  if (workflowIds.length >= ROOM) return 'full';
  return workflowIds.length === 0 && named === null && isUse(record) ? 'unnamed' : undefined;
}

const USES: ReadonlySet<string | null> = new Set(['decode', 'download', 'encode']);

/** Whether keys were used, and data answered. */
export function isUse({ outcome, operation, payloadCount }: ReadRecord): boolean {
  return (outcome === 'allowed' || outcome === 'partial') && USES.has(operation) && payloadCount !== 0;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
