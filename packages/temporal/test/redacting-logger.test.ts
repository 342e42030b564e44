import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, SdkComponent, type LogMetadata } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { ConfigurationError } from '@waxseal/core';

import { redactingLogger } from '../src';

function logged(message: string, meta: LogMetadata): string {
  const lines: string[] = [];
  const logger = redactingLogger(
    new DefaultLogger('TRACE', (entry) =>
      lines.push(`${entry.level} ${entry.message} ${inspect(entry.meta, { depth: 20 })}`),
    ),
  );
  logger.warn(message, meta);
  return lines.join('\n');
}

describe('redactingLogger', () => {
  it('keeps class, type, frames and causes of an error that the SDK logs, and not its messages', () => {
    const cause = new TypeError('holder Lovelace');
    const error = ApplicationFailure.create({
      message: 'card 4111\nand a second line',
      type: 'Declined',
      details: ['card 4111'],
      cause,
    });
    const text = logged('Activity failed', { sdkComponent: SdkComponent.worker, error, durationMs: 3 });
    expect(text).toMatch(/^WARN Activity failed/);
    for (const kept of [
      'ApplicationFailure',
      'Declined',
      'TypeError',
      'redacting-logger.test',
      'durationMs: 3',
    ])
      expect(text).toContain(kept);
    for (const gone of ['4111', 'second line', 'Lovelace']) expect(text).not.toContain(gone);
  });

  it('takes the message of an error out of the message of the entry', () => {
    const text = logged('Error while processing ActivityTask.start: card 4111', {
      sdkComponent: SdkComponent.worker,
      error: new Error('card 4111'),
    });
    expect(text).toContain('Error while processing ActivityTask.start: (redacted)');
    expect(text).not.toContain('4111');
  });

  it("keeps the messages of Waxseal's own errors, which say what to do", () => {
    expect(
      logged('x', { sdkComponent: SdkComponent.worker, error: new ConfigurationError('do this') }),
    ).toContain('do this');
  });

  it('passes on what workflows and activities log themselves', () => {
    expect(logged('x', { sdkComponent: SdkComponent.activity, error: new Error('on purpose') })).toContain(
      'on purpose',
    );
    expect(logged('x', { sdkComponent: SdkComponent.worker, workflowId: 'w-1' })).toContain('w-1');
  });

  it('ends at a ring of causes', () => {
    const error = new Error('a');
    error.cause = error;
    expect(logged('x', { error })).toContain('Error');
  });

  it.each([
    ['a string', 'Activity failed: card 4111', 'card 4111'],
    ['an object', 'Activity failed', { card: 4111 }],
    ['a number', 'Activity failed', 4111],
    [
      'a cause that the entry repeats',
      'Failed: card 4111',
      new Error('outer', { cause: new Error('card 4111') }),
    ],
    ['an AggregateError', 'Failed: card 4111', new AggregateError([new Error('card 4111')], 'several')],
    [
      'data for a name',
      'Failed',
      Object.assign(new Error('x'), { name: 'card 4111', stack: 'card 4111: x' }),
    ],
  ])('keeps no text of %s that was thrown', (_name, message, error) => {
    expect(logged(message, { sdkComponent: SdkComponent.worker, error })).not.toContain('4111');
  });
});
