/** @throws Error when the bytes differ; it does not show them */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (!(actual instanceof Uint8Array) && !ArrayBuffer.isView(actual)) {
    throw new Error(`${what} is no Uint8Array.`);
  }
  if (Buffer.compare(actual, expected) !== 0) {
    throw new Error(`${what} is not what it must be (${String(actual.length)} bytes).`);
  }
}
