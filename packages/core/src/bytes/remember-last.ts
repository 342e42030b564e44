/**
 * `parse`, which gives its last result again when it gets the same bytes again: payloads come in runs that share a key ID
 * and an encryption context.
 *
 * @param parse depends on the bytes only, keeps no view of them, and gives what nobody changes. What it throws is not
 *   remembered.
 */
export function rememberLast<T>(parse: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  let last: { readonly bytes: Buffer; readonly result: T } | undefined;
  return (bytes) => {
    if (last?.bytes.equals(bytes) !== true) last = { result: parse(bytes), bytes: Buffer.from(bytes) };
    return last.result;
  };
}
