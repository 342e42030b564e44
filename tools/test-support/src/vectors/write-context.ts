import { bytes } from './bytes';

/** One entry of an encryption context; as bytes where it is to be ill-formed. */
export type WrittenEntry = readonly [key: string | Uint8Array, value: string | Uint8Array];

/** Writes entries as docs/spec/envelope.md §3.3 says, in the order given. */
export function writeContext(entries: readonly WrittenEntry[]): Buffer {
  return bytes.join(
    ...entries.flat().map((part) => bytes.prefixed(typeof part === 'string' ? bytes.text(part) : part)),
  );
}
