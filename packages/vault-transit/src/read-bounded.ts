import { VaultProtocolError } from './vault-protocol-error';

/** Transit's answers have a few hundred bytes; a login with many policies a few thousand. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * The text of an answer's body.
 *
 * @throws VaultProtocolError when it is longer than 256 KiB; the rest is not read
 */
export async function readBounded(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new VaultProtocolError('The answer is longer than 256 KiB.');
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  const text = whole.toString('utf8');
  // A data key may be in it.
  for (const bytes of [whole, ...chunks]) bytes.fill(0);
  return text;
}
