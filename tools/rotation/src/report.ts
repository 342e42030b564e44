/** What the tests here read of `waxseal keys usage --json`. */
export interface Report {
  readonly complete: boolean;
  readonly payloads: number;
  readonly read: number;
  readonly sdkMarkers: number;
  readonly holders: Readonly<Record<string, number>>;
  readonly keys: readonly ReportedKey[];
  readonly plaintext: readonly { readonly name: string; readonly payloads: number }[];
}

export interface ReportedKey {
  readonly id: string;
  readonly format: string;
  readonly payloads: number;
  readonly notNeededFrom: string | null;
  readonly blockers: readonly { readonly what: string; readonly count: number }[];
  readonly neededBy: readonly { readonly what: string; readonly count: number }[];
}

/** What does not depend on when, how often and in how many parts a namespace was scanned. */
export function totalsOf({ payloads, sdkMarkers, holders, keys, plaintext }: Report): object {
  return { payloads, sdkMarkers, holders, keys, plaintext };
}
