import { keyProviderCases } from './key-provider-cases';
import type { KeyProviderSubject } from './key-provider-subject';
import { missingCapability } from './missing-capability';
import { runKeyProviderCase } from './run-key-provider-case';

/** The part of a test runner that the suite uses. Jest, Vitest and node:test have it as it is. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown;
  readonly it: {
    (name: string, body: () => Promise<void>): unknown;
    skip(name: string, body: () => Promise<void>): unknown;
  };
}

/**
 * Hands every case to a test runner, in the order of {@link keyProviderCases}. A case that cannot run is handed over as
 * skipped, with the reason in its title.
 */
export function describeKeyProvider(runner: ConformanceRunner, subject: KeyProviderSubject): void {
  runner.describe(`${subject.name} is a key provider:`, () => {
    for (const testCase of keyProviderCases) {
      const missing = missingCapability(testCase, subject);
      const body = async (): Promise<void> => {
        await runKeyProviderCase(testCase, subject);
      };
      if (missing === undefined) runner.it(testCase.name, body);
      else runner.it.skip(`${testCase.name} (not run; ${missing})`, body);
    }
  });
}
