import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@waxseal/bring-up';

/** A payload in JSON: bytes in base64, sizes as decimal text (docs/spec/vectors/README.md). */
export interface JsonPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
  readonly externalPayloads?: readonly { readonly sizeBytes: string }[];
}

/** What a reader has, knows, and is given. */
export interface Question {
  /** Key ID → 32 bytes of a local key. */
  readonly keys: Readonly<Record<string, string>>;
  readonly reader: {
    readonly namespace?: string;
    readonly workflowId?: string;
    readonly namespaceAliases?: Readonly<Record<string, readonly string[]>>;
    readonly requireEncryption?: boolean;
  };
  readonly outer: JsonPayload;
}

/** What becomes of a payload. */
export type Outcome =
  { readonly inner: JsonPayload } | { readonly code: string; readonly keyServiceAsked: boolean };

/** A vector, as far as it is a question. */
export interface Vector extends Question {
  readonly name: string;
  /** Of valid vectors. */
  readonly expected: { readonly dataKey?: string; readonly plaintext?: string };
}

/** The committed vectors of all folders but the archive. */
export function readVectors(): Vector[] {
  const root = join(repositoryRoot, 'docs/spec/vectors');
  return ['valid', 'invalid', 'passed-on'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .sort()
      .map((file) => ({
        name: `${folder}/${file.replace(/\.json$/, '')}`,
        ...(JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Omit<Vector, 'name'>),
      })),
  );
}
