import { ConfigurationError } from '@waxseal/core';
import type { Sealer } from '../reseal/sealer';
import type { PayloadSpans, Span } from './payload-spans';
import type { SourceFile } from './source-file';

/**
 * Holds a file against the one that it was made of: every byte is the same, but for key ID and data of
 * envelopes that hold the same, are bound to the same, and are under the keys of today. It reads both anew.
 *
 * @returns how many envelopes are others
 * @throws ConfigurationError that says where they differ in anything else; what opening throws
 */
export async function compareFiles(source: SourceFile, made: SourceFile, sealer: Sealer): Promise<number> {
  const others = made.payloads()[Symbol.asyncIterator]();
  let [mineAt, otherAt] = [0, 0];
  let changed = 0;
  for await (const mine of source.payloads()) {
    const { value: other, done } = (await others.next()) as IteratorResult<PayloadSpans, undefined>;
    if (done === true) throw differs(mineAt);
    const [spans, otherSpans] = [exchangeable(mine), exchangeable(other)];
    // What is in no span is compared as text, with what comes before the next one.
    if (spans.length !== otherSpans.length) throw differs(mineAt);
    let isSame = true;
    for (const [index, span] of spans.entries()) {
      const otherSpan = otherSpans[index] ?? span;
      await assertSame(source, { start: mineAt, end: span.start }, made, {
        start: otherAt,
        end: otherSpan.start,
      });
      isSame = (await isSameText(source, span, made, otherSpan)) && isSame;
      [mineAt, otherAt] = [span.end, otherSpan.end];
    }
    if (isSame) continue;
    changed += 1;
    await assertResealed(source, mine, made, other, sealer);
  }
  if ((await others.next()).done !== true) throw differs(mineAt);
  await assertSame(source, { start: mineAt, end: source.bytes }, made, { start: otherAt, end: made.bytes });
  return changed;
}

/** Key ID and data of an envelope, in their order; none where it cannot be one. */
function exchangeable({ metadata, data, doubt }: PayloadSpans): readonly Span[] {
  const keyId = metadata.get('encryption-key-id');
  if (doubt !== undefined || keyId === undefined || data === undefined) return [];
  return [keyId, data].sort((a, b) => a.start - b.start);
}

async function assertResealed(
  source: SourceFile,
  mine: PayloadSpans,
  made: SourceFile,
  other: PayloadSpans,
  sealer: Sealer,
): Promise<void> {
  const [before, after] = [await source.payload(mine), await made.payload(other)];
  const isTold = typeof before === 'object' && typeof after === 'object';
  if (!isTold || !(await sealer.isResealed(before, after))) {
    throw new ConfigurationError(
      `what was written of ${mine.field().slice(0, 300)} does not hold the same under the keys of today`,
    );
  }
}

async function assertSame(source: SourceFile, span: Span, made: SourceFile, other: Span): Promise<void> {
  if (!(await isSameText(source, span, made, other))) throw differs(span.start);
}

async function isSameText(source: SourceFile, span: Span, made: SourceFile, other: Span): Promise<boolean> {
  if (span.end - span.start !== other.end - other.start) return false;
  let at = other.start;
  for await (const piece of source.pieces(span)) {
    if (!piece.equals(await made.read({ start: at, end: at + piece.length }))) return false;
    at += piece.length;
  }
  return true;
}

function differs(at: number): Error {
  return new ConfigurationError(`what was written is another from byte ${String(at)} on`);
}
