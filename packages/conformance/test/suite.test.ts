import { describe, expect, it } from '@jest/globals';

import {
  describeKeyProvider,
  keyProviderCases,
  runKeyProviderCase,
  type KeyProviderHarness,
  type KeyProviderSubject,
} from '../src';
import { ModelKey } from './support/model-key';
import { modelSubject } from './support/model-subject';

describeKeyProvider({ describe, it }, modelSubject(ModelKey));

describe('the suite', () => {
  const [first] = keyProviderCases;
  if (first === undefined) throw new Error('There are no cases.');

  it('has a name of its own for each case', () => {
    expect(new Set(keyProviderCases.map(({ name }) => name)).size).toBe(keyProviderCases.length);
  });

  it('says which capability a case was not run for, and why', async () => {
    const subject = { ...modelSubject(ModelKey), without: { requests: 'nobody counts' } };
    expect(first.needs).toEqual(['requests']);
    expect(await runKeyProviderCase(first, subject)).toEqual({
      ran: false,
      reason: 'requests: nobody counts',
    });
    const titles: string[] = [];
    const skip = (name: string): unknown => titles.push(name);
    const runner = {
      describe: (_name: string, body: () => void) => {
        body();
      },
      it: Object.assign(() => undefined, { skip }),
    };
    describeKeyProvider(runner, subject);
    expect(titles).toContain(`${first.name} (not run; requests: nobody counts)`);
    expect(titles).toHaveLength(keyProviderCases.filter(({ needs }) => needs.includes('requests')).length);
  });

  it('fails for a hook that is neither there nor named in without, and closes the harness', async () => {
    let closed = 0;
    const subject: KeyProviderSubject = {
      name: 'ModelKey',
      open: async () => {
        const harness: Partial<KeyProviderHarness> = { ...(await modelSubject(ModelKey).open()) };
        delete harness.requests;
        return {
          ...(harness as KeyProviderHarness),
          close: () => {
            closed += 1;
          },
        };
      },
    };
    await expect(runKeyProviderCase(first, subject)).rejects.toThrow('has no requests()');
    expect(closed).toBe(1);
  });
});
