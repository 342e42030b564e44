/** A text for each kind of payload, such that one found in a database names what leaked. */
export type Canary = (kind: string) => string;

/** @param run something that no other run has */
export function canaries(run: string): { readonly canary: Canary; readonly all: () => string[] } {
  const made = new Set<string>();
  return {
    canary: (kind) => {
      const text = `canary-${kind}-${run}`;
      made.add(text);
      return text;
    },
    all: () => [...made],
  };
}
