import type { CleanUp } from '@waxseal/bring-up';
import type { AwsKmsDouble, AwsKmsDoubleKey } from '@waxseal/testing';

/** A bound that an attack must not break. */
export interface Bound {
  /** What is measured, as it stands in SECURITY.md. */
  readonly name: string;
  readonly unit: string;
  /** Most that it may be; with `isAtLeast`, the least. */
  readonly limit: number;
  readonly isAtLeast?: true;
}

/** What the attacks share: a key service, and steps that end what they started. */
export interface Scene {
  readonly kms: AwsKmsDouble;
  /** A multi-region key, so that wrapped keys of many regions are its own. */
  readonly key: AwsKmsDoubleKey;
  readonly cleanUp: CleanUp;
}

/** One attack: what is done, what must hold, and a run that measures each bound in its order. */
export interface Attack {
  /** Its name on the command line. */
  readonly id: string;
  /** What the attacker does, as it stands in SECURITY.md. */
  readonly title: string;
  readonly bounds: readonly Bound[];
  /** @returns a value for each of {@link bounds} */
  readonly run: (scene: Scene) => Promise<readonly number[]>;
}

/** Whether a value keeps a bound. */
export function keeps({ limit, isAtLeast }: Bound, value: number): boolean {
  return isAtLeast === true ? value >= limit : value <= limit;
}

/** The table of SECURITY.md, in Markdown. */
export function boundsTable(attacks: readonly Attack[]): string {
  const rows = attacks.flatMap(({ title, bounds }) =>
    bounds.map(({ name, unit, limit, isAtLeast }, index) => {
      const bound = `${isAtLeast === true ? 'at least' : 'at most'} ${limit.toLocaleString('en')} ${unit}`;
      return `| ${index === 0 ? title : ''} | ${name} | ${bound.trim()} |`;
    }),
  );
  return ['| attack | what is measured | bound |', '| --- | --- | --- |', ...rows].join('\n');
}
