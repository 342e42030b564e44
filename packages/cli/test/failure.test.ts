import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, KeyServiceError } from '@waxseal/core';
import { failureJson, failureLines, failureOf } from '../src/failure/failure';
import { guidedCodes } from '../src/failure/guidance';
import { UsageError } from '../src/failure/command-errors';
import { TemporalFault } from '../src/temporal/temporal-fault';

const PAGE = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8');
const [errorsOfPage = ''] = PAGE.split('## Warnings');
const entries = new Map(
  errorsOfPage
    .split(/^## (?=WAXSEAL_)/m)
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry]),
);

/** Reasons that an entry of docs/errors.md tells apart, in a table or in a list. */
function reasonsIn(entry: string): readonly string[] {
  const rows = [...entry.matchAll(/^\| `([a-z-]+)` \| (?!tried)/gm)];
  const [, list = ''] = /by `error\.reason`:([^]*)/.exec(entry) ?? [];
  const named = [...list.matchAll(/(?:^|; |, )\s*`([a-z-]+)`(?=:|, `)/g)];
  return [...rows, ...named].map(([, reason = '']) => reason).sort();
}

describe('the guidance of an error', () => {
  it('is there for each code and reason of docs/errors.md, and for no other', () => {
    const page = [...entries].map(([code, entry]) => [code, reasonsIn(entry)]);
    const own = [...guidedCodes()].map(([code, reasons]) => [code, [...reasons].sort()]);
    expect(Object.fromEntries(own)).toEqual(Object.fromEntries(page));
  });
});

describe('a failure', () => {
  it('of Waxseal has its code, cause, next step and page', () => {
    const failure = failureOf(new ConfigurationError('--state: x.json\ncannot be read (EACCES).'));
    expect(failureLines(failure)).toEqual([
      '--state: x.json cannot be read (EACCES).',
      '  code:  WAXSEAL_CONFIGURATION',
      expect.stringMatching(/^ {2}cause: an option, a variable/),
      expect.stringMatching(/^ {2}next: {2}correct what the message names/),
      '  help:  https://waxseal.github.io/waxseal/errors#waxseal_configuration',
    ]);
    expect(JSON.parse(failureJson(failure))).toEqual({
      error: expect.objectContaining({
        code: 'WAXSEAL_CONFIGURATION',
        retryable: false,
        exitCode: 1,
      }) as unknown,
    });
  });

  it('of a key service is told by its reason', () => {
    const failure = failureOf(new KeyServiceError('orders', 'denied'));
    expect(failure).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'denied' });
    expect(failure.next).toMatch(/^grant the right/);
    expect(failureLines(failure)[1]).toBe('  code:  WAXSEAL_KEY_SERVICE (denied)');
  });

  it.each([
    [new UsageError('--x is wrong.'), 'WAXSEAL_USAGE', 2],
    [new TemporalFault('It cannot be reached.'), 'WAXSEAL_TEMPORAL', 1],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'WAXSEAL_UNEXPECTED', 1],
    ['a text', 'WAXSEAL_UNEXPECTED', 1],
  ])('%s has the code %s, and exit code %d', (error, code, exitCode) => {
    expect(failureOf(error)).toMatchObject({ code, exitCode, help: helpOf(code) });
  });

  it('of a code that is not known here is told all the same', () => {
    const error = Object.assign(new Error('The moon is down.'), { code: 'WAXSEAL_MOON', retryable: true });
    expect(failureOf(error)).toMatchObject({ code: 'WAXSEAL_MOON', retryable: true, exitCode: 1 });
    expect(failureOf(error).next).toMatch(/^run it again/);
    const odd = Object.assign(new Error('No.'), {
      code: 'WAXSEAL_STORE',
      reason: 'toString',
      retryable: false,
    });
    expect(failureOf(odd).next).toBe('run "waxseal store check"');
  });

  it('shows nothing of what could not be read', () => {
    const error = ((): unknown => {
      try {
        return JSON.parse('s3cret-plaintext');
      } catch (caught) {
        return caught;
      }
    })();
    const failure = failureOf(error);
    expect(failure.message).toMatch(/^SyntaxError at /);
    expect(failureJson(failure)).not.toContain('s3cret');
    expect(failureJson(failureOf('s3cret'))).not.toContain('s3cret');
  });
});

function helpOf(code: string): string {
  return `https://waxseal.github.io/waxseal/errors#${code.toLowerCase()}`;
}
