import { afterEach, describe, expect, it } from '@jest/globals';
import { judge, type UsageDemands } from '../src/keys/usage-exit';
import { usageReport } from '../src/keys/usage-report';
import { NO_KEY_NAMED, type PayloadFormat } from '../src/scan/payload-format';
import { ENCRYPTED } from '../src/scan/payload-format';
import { Usage } from '../src/scan/usage';

const AS_OF_MS = Date.UTC(2026, 10, 30);
const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

function reportOn(uses: readonly (readonly [PayloadFormat, string])[], notRead = 0) {
  const usage = new Usage();
  for (const [format, name] of uses) usage.count(format, [name], 'input', AS_OF_MS, ENCRYPTED.has(format));
  usage.heldBy({ kind: 'closed executions', id: 'w1', startMs: AS_OF_MS, closeMs: AS_OF_MS });
  usage.notRead = notRead;
  return usageReport({
    source: '',
    asOfMs: AS_OF_MS,
    endedMs: AS_OF_MS,
    retentionMs: 86_400_000,
    read: 1,
    gone: 0,
    leftOut: [],
    blindSpots: [],
    usage,
  });
}

function codeOf(report: ReturnType<typeof reportOn>, demands: UsageDemands): number {
  process.exitCode = 0;
  judge(report, demands, () => undefined);
  return process.exitCode;
}

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';
const LONG = 'test-key-test-key-test-key-test!';

describe('--fail-if-used', () => {
  it.each<[number, string, readonly (readonly [PayloadFormat, string])[]]>([
    [0, 'orders/v1', [['waxseal', 'orders/v2']]],
    [0, 'ers/v2', [['waxseal', 'orders/v2']]],
    [3, 'orders', [['waxseal', 'orders/v2']]],
    [3, 'orders/v2', [['waxseal', 'orders/v2']]],
    // What only a newer release can read.
    [3, 'orders/v1', [['malformed', 'orders/v1']]],
    [1, 'orders/v1', [['waxseal', 'Orders/v1']]],
    [1, ' orders/v1', [['waxseal', 'orders/v1']]],
    [1, 'orders/v1/', [['waxseal', 'orders/v1']]],
    [1, 'caf\u0065\u0301', [['waxseal', 'caf\u00e9']]],
    [1, '1234abcd', [['waxseal', ARN]]],
    [1, ARN, [['waxseal', '1234abcd']]],
    [1, 'orders/v1', [['unseen', 'binary/zlib']]],
    [1, 'orders/v1', [['elsewhere', 's3']]],
    [1, 'orders/v1', [['samples', NO_KEY_NAMED]]],
    [1, 'orders/v1', [['malformed', NO_KEY_NAMED]]],
    [3, LONG, [['samples', LONG]]],
    [0, 'orders/v1', [['plaintext', 'json/plain']]],
  ])('exits with %i for %j where there is %j', (code, key, uses) => {
    expect(codeOf(reportOn(uses), { failIfUsed: [key] })).toBe(code);
  });

  it('cannot tell where an answer of Temporal was not read wholly', () => {
    expect(codeOf(reportOn([], 1), { failIfUsed: ['orders/v1'] })).toBe(1);
  });

  it('finds what a key is called that may be the key itself', () => {
    const name = '(may be the key itself, SHA-256 30d4b3b5a8c6)';
    const shown = reportOn([['samples', name]]);
    expect(codeOf(shown, { failIfUsed: [name] })).toBe(3);
  });
});

describe('a date', () => {
  const dateOf = (
    uses: readonly (readonly [PayloadFormat, string])[],
    notRead = 0,
  ): string | null | undefined =>
    reportOn([['waxseal', 'k1'], ...uses], notRead).keys.find(({ id }) => id === 'k1')?.notNeededFrom;

  it('is the last close and the retention', () => {
    expect(
      dateOf([
        ['malformed', 'k2'],
        ['plaintext', 'json/plain'],
        ['waxseal', 'k2'],
      ]),
    ).toBe('2026-12-01T00:00:00.000Z');
  });

  it.each<[PayloadFormat, string]>([
    ['malformed', 'k1'],
    ['malformed', NO_KEY_NAMED],
    ['unseen', 'binary/zlib'],
    ['elsewhere', 's3'],
    ['samples', NO_KEY_NAMED],
  ])('is none beside payloads that may need the key: %s, %s', (format, name) => {
    expect(dateOf([[format, name]])).toBeNull();
  });

  it('is none where an answer of Temporal was not read wholly', () => {
    expect(dateOf([], 1)).toBeNull();
  });
});
