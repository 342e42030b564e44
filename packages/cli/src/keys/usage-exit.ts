import { EXIT } from '../failure/exit-codes';
import type { Output } from '../output';
import { printable } from '../printable';
import { NO_KEY_NAMED, namesOfKey } from '../scan/payload-format';
import type { UsageReport } from './usage-report';

/** What a scan is to fail on. */
export interface UsageDemands {
  readonly failIfUsed?: readonly string[];
  readonly failOnPlaintext?: true;
  /** Whether it will do that nothing was there to be looked at. */
  readonly allowEmpty?: true;
}

/** Says what was found of what was not to be, and sets the exit code of the process where it is not 0. */
export function judge(report: UsageReport, demands: UsageDemands, notice: Output['notice']): void {
  const { failIfUsed = [], failOnPlaintext } = demands;
  const codes = failIfUsed.map((key) => judgeKey(report, key, notice));
  const clear = payloadsIn(report.plaintext) + report.clearFailures;
  if (failOnPlaintext === true && clear > 0) {
    notice(`${String(clear)} payloads and failures are in clear.`);
    codes.push(EXIT.found);
  }
  const asks = failIfUsed.length > 0 || failOnPlaintext === true;
  const cannotTell = !report.complete || untoldIn(report) > 0;
  if (!codes.includes(EXIT.found) && asks && cannotTell) {
    notice('Not all could be looked at, or be told: see what the report says of it.');
    codes.push(EXIT.failed);
  }
  if (
    asks &&
    demands.allowEmpty !== true &&
    Object.keys(report.holders).every((kind) => kind === 'store records')
  ) {
    notice(
      `Nothing was there to be looked at, no execution, no schedule and no file, so that nothing can be told: ${report.source}. Is it the right one? Where it may be empty, add --allow-empty.`,
    );
    codes.push(EXIT.failed);
  }
  const exitCode = Math.max(EXIT.done, ...codes);
  if (exitCode !== EXIT.done) process.exitCode = exitCode;
}

function judgeKey({ keys, malformed }: UsageReport, key: string, notice: Output['notice']): number {
  const asked = new Set([key, ...namesOfKey(key)]);
  const uses = [
    ...keys.filter(({ id, key: name }) => asked.has(id) || asked.has(name)),
    ...malformed.filter(({ name }) => asked.has(name)),
  ];
  if (uses.length > 0) {
    notice(`${printable(key)} is used: ${String(payloadsIn(uses))} payloads name it.`);
    return EXIT.found;
  }
  const similar = keys.filter(({ id, key: name }) => isSimilar(key, id) || isSimilar(key, name));
  if (similar.length > 0) {
    const names = similar.map(({ id }) => printable(id)).join(', ');
    notice(`No payload names ${printable(key)}, but what may be the same key: ${names}. Ask for that.`);
    return EXIT.failed;
  }
  const known = keys.map(({ id }) => printable(id)).join(', ');
  notice(`No payload names ${printable(key)}. Keys that are named: ${known === '' ? 'none' : known}.`);
  return EXIT.done;
}

/** Whether they differ in case, white space, or the form of Unicode, or one is the end of the other. */
function isSimilar(asked: string, named: string): boolean {
  const [a, b] = [folded(asked), folded(named)];
  return a === b || isEndOf(a, b) || isEndOf(b, a);
}

function folded(id: string): string {
  return id
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/\/+$/, '');
}

/** `1234abcd` of `arn:aws:kms:eu-west-1:111122223333:key/1234abcd`. */
function isEndOf(end: string, whole: string): boolean {
  return end !== '' && whole.endsWith(end) && /[/:]$/.test(whole.slice(0, -end.length));
}

/** Payloads that may need any key. */
function untoldIn({ keys, elsewhere, malformed, unseen }: UsageReport): number {
  const nameless = [...keys, ...malformed].filter(
    (use) => ('id' in use ? use.id : use.name) === NO_KEY_NAMED,
  );
  return payloadsIn([...elsewhere, ...unseen, ...nameless]);
}

function payloadsIn(uses: readonly { readonly payloads: number }[]): number {
  return uses.reduce((sum, { payloads }) => sum + payloads, 0);
}
