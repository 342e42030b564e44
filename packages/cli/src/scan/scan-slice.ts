import { executions, type ListedExecution } from './executions';
import { countOf, type Slice } from './slices';
import { UnreadableAnswerError, type TemporalReader } from './temporal-reader';
import { dayOf, OPEN_KINDS, type Holder } from './use';
import { readUsage, type Finding, type FoundPayload, type OnPayload } from './read-usage';
import { Usage } from './usage';

/** What the executions of a slice hold. */
export interface SliceUsage {
  /** Of what had not closed when the scan began. */
  readonly open: Usage;
  /** Of what had closed, by the day (UTC): it goes by days too. */
  readonly closed: Readonly<Record<string, Usage>>;
  /** How many executions were read. */
  readonly executions: number;
  /** How many were gone before they were read. */
  readonly gone: number;
}

/** How a slice is read. */
export interface SliceReading {
  /** When the scan began, in milliseconds since the epoch. */
  readonly asOfMs: number;
  /** How many executions are read at a time. */
  readonly concurrency: number;
  /** Called after each execution with how many have been read of the slice, and each payload of it. */
  readonly onExecution?: (executions: number) => void;
  readonly onFindings?: (findings: readonly Finding[]) => void;
  readonly onPayload?: OnPayload;
  readonly signal?: AbortSignal;
}

/**
 * Reads all executions of a slice.
 *
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should; the reason of
 *   `signal` once that is aborted. Nothing of the slice counts then.
 */
export async function scanSlice(
  reader: TemporalReader,
  slice: Slice,
  reading: SliceReading,
): Promise<SliceUsage> {
  const open = new Usage();
  const closed: Record<string, Usage> = {};
  let read = 0;
  let gone = 0;
  let seen = 0;
  const notReadBefore = reader.notRead;
  const source = executions(reader, slice.listed, slice.query)[Symbol.asyncIterator]();
  const readOne = async (execution: ListedExecution): Promise<void> => {
    seen += 1;
    const { usage, findings, holder } = await readExecution(reader, execution, reading);
    // What it counted itself is no finding, as long as it is nothing else.
    if (execution.isOfScan === true && usage.uses.every(({ format }) => format === 'plaintext')) return;
    if (holder === undefined) gone += 1;
    else if (holder.closeMs === undefined) open.add(usage);
    else (closed[dayOf(holder.closeMs)] ??= new Usage()).add(usage);
    if (holder !== undefined) reading.onFindings?.(findings.map((found) => ({ ...found, holder })));
    read += 1;
    reading.onExecution?.(read);
  };
  await inParallel(source, reading.concurrency, readOne, reading.signal);
  // What is deleted meanwhile is counted no more; what is there and was not listed was cut off.
  const there = Math.min(slice.count, await countOf(reader, slice.listed, slice.query));
  if (seen < there) open.notRead += there - seen;
  open.notRead += reader.notRead - notReadBefore;
  return { open, closed, executions: read, gone };
}

async function readExecution(
  reader: TemporalReader,
  execution: ListedExecution,
  { asOfMs, onFindings, onPayload }: SliceReading,
): Promise<{
  readonly usage: Usage;
  readonly findings: readonly FoundPayload[];
  readonly holder: Holder | undefined;
}> {
  const usage = new Usage();
  const findings: FoundPayload[] = [];
  const keep = onFindings ? (found: FoundPayload): void => void findings.push(found) : undefined;
  const read = execution.read((message) => {
    readUsage(usage, message, keep, onPayload);
  });
  const found = await read.catch((error: unknown) => {
    if (!(error instanceof UnreadableAnswerError)) throw error;
    reader.notRead += 1;
    return undefined;
  });
  const holder = found && asOf(found, asOfMs);
  if (holder !== undefined) usage.heldBy(holder);
  return { usage, findings, holder };
}

/**
 * A holder as it was when the scan began. What has closed since may go on in an execution that no slice has,
 * with copies of its payloads: by cron, a retry, or continue-as-new.
 */
function asOf(holder: Holder, asOfMs: number): Holder {
  const { closeMs, ...others } = holder;
  const kind = OPEN_KINDS[holder.kind];
  return closeMs === undefined || kind === undefined || closeMs <= asOfMs ? holder : { ...others, kind };
}

/** Takes one after the other, and has so many under way. */
async function inParallel<T>(
  source: AsyncIterator<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let taking: Promise<unknown> = Promise.resolve();
  let hasFailed = false;
  const takeNext = (): Promise<IteratorResult<T, unknown>> => {
    const next = taking.then(() => source.next());
    taking = next.catch(() => undefined);
    return next;
  };
  const run = async (): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted();
      if (hasFailed) return;
      const { value, done } = await takeNext();
      if (done === true) return;
      await work(value);
    }
  };
  const running = Array.from({ length: concurrency }, () =>
    run().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.allSettled(running);
  await Promise.all(running);
}
