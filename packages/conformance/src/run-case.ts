/** One rule of a suite. */
export interface ConformanceCase<Harness, Capability extends string> {
  /** A sentence about what is tested, unique in the suite. */
  readonly name: string;
  /** Capabilities without which the case cannot run. */
  readonly needs: readonly Capability[];
  /** @throws Error that says what was done against the rule */
  readonly run: (harness: Harness) => Promise<void>;
}

/** What a suite is given to test. */
export interface ConformanceSubject<Harness, Capability extends string> {
  readonly name: string;
  readonly without?: Readonly<Partial<Record<Capability, string>>>;
  open(): Harness | Promise<Harness>;
}

/** How a case ended, when it did not fail. */
export type CaseOutcome = { readonly ran: true } | { readonly ran: false; readonly reason: string };

/** The part of a test runner that the suites use. Jest, Vitest and node:test have it as it is. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown;
  readonly it: {
    (name: string, body: () => Promise<void>): unknown;
    skip(name: string, body: () => Promise<void>): unknown;
  };
}

/**
 * Runs one case in a harness of its own, and closes the harness.
 *
 * @param notHooks capabilities that no hook of the harness stands for
 * @returns whether the case ran; if not, which capability the subject goes without, and why
 * @throws Error when the rule is broken, or a hook is missing that the subject's `without` does not name
 */
export async function runCase<Capability extends string, Harness extends { close(): void | Promise<void> }>(
  testCase: ConformanceCase<Harness, Capability>,
  subject: ConformanceSubject<Harness, Capability>,
  notHooks: ReadonlySet<Capability>,
): Promise<CaseOutcome> {
  const reason = missingCapability(testCase, subject);
  if (reason !== undefined) return { ran: false, reason };
  const harness = await subject.open();
  try {
    for (const capability of testCase.needs) {
      const hook = (harness as Readonly<Record<string, unknown>>)[capability];
      if (notHooks.has(capability) || typeof hook === 'function') continue;
      throw new Error(
        `The harness of ${subject.name} has no ${capability}(). Add it, or give the reason in without.${capability}.`,
      );
    }
    await testCase.run(harness);
    return { ran: true };
  } finally {
    await harness.close();
  }
}

/**
 * Hands cases to a test runner, in their order. A case that cannot run is handed over as skipped, with the
 * reason in its title.
 *
 * @param run runs one case
 */
export function describeCases<Harness, Capability extends string>(
  runner: ConformanceRunner,
  title: string,
  cases: readonly ConformanceCase<Harness, Capability>[],
  subject: ConformanceSubject<Harness, Capability>,
  run: (testCase: ConformanceCase<Harness, Capability>) => Promise<unknown>,
): void {
  runner.describe(title, () => {
    for (const testCase of cases) {
      const missing = missingCapability(testCase, subject);
      const body = async (): Promise<void> => {
        await run(testCase);
      };
      if (missing === undefined) runner.it(testCase.name, body);
      else runner.it.skip(`${testCase.name} (not run; ${missing})`, body);
    }
  });
}

/**
 * Why a case cannot run.
 *
 * @returns the capability and the subject's reason, or `undefined` when the case runs
 */
function missingCapability<Capability extends string>(
  testCase: { readonly needs: readonly Capability[] },
  subject: { readonly without?: Readonly<Partial<Record<Capability, string>>> },
): string | undefined {
  const missing = testCase.needs.find((capability) => subject.without?.[capability] !== undefined);
  return missing === undefined ? undefined : `${missing}: ${String(subject.without?.[missing])}`;
}
