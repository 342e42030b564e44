import { readVectors, type Vector, type VectorPayload } from '@waxseal/test-support/vectors';

/** What a reader has, knows, and is given. */
export type Question = Pick<Vector, 'keys' | 'reader' | 'outer'>;

/** What becomes of a payload. */
export type Outcome =
  { readonly inner: VectorPayload } | { readonly code: string; readonly keyServiceAsked: boolean };

/** A vector, as far as it is a question. */
export interface NamedVector extends Question {
  readonly name: string;
  /** Of valid vectors. */
  readonly expected: { readonly plaintext?: string };
}

/** The committed vectors of all folders but the archive. */
export function allVectors(): NamedVector[] {
  return ['valid', 'invalid', 'passed-on'].flatMap((folder) =>
    readVectors<Omit<NamedVector, 'name'>>(folder).map(([name, vector]) => ({
      name: `${folder}/${name}`,
      ...vector,
    })),
  );
}
