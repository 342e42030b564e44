import { asBuffer } from '@waxseal/core/internal';

/**
 * The key names in the header of a message of the AWS Encryption SDK, versions 1 and 2
 * (https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html). `undefined` where
 * it is no such message.
 */
export function keysOfEncryptionSdk(message: Uint8Array): readonly string[] | undefined {
  const bytes = asBuffer(message);
  try {
    const names: string[] = [];
    let at = startOfContext(bytes);
    const field = (): Buffer => {
      const length = bytes.readUInt16BE(at);
      const value = bytes.subarray(at + 2, at + 2 + length);
      if (value.length !== length) throw new RangeError('The header ends early.');
      at += 2 + length;
      return value;
    };
    field();
    const count = bytes.readUInt16BE(at);
    at += 2;
    for (let index = 0; index < Math.min(count, MOST_KEYS); index++) {
      const provider = field().toString('utf8');
      const info = field().toString('utf8');
      field();
      names.push(provider === 'aws-kms' ? info.slice(0, 1024) : `${provider}:${info}`.slice(0, 1024));
    }
    return names.length === 0 ? undefined : [...new Set(names)];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    // Inside Jest, errors of Node.js are of another realm.
    if ((error as { readonly name?: unknown }).name === 'RangeError') return undefined;
    throw error;
  }
}

const MOST_KEYS = 100;

/** Behind the version, type or algorithm, and the message's ID. */
function startOfContext(bytes: Buffer): number {
  switch (bytes.readUInt8(0)) {
    case 1:
      return 1 + 1 + 2 + 16;
    case 2:
      return 1 + 2 + 32;
    default:
      throw new RangeError('The version is not known.');
  }
}
