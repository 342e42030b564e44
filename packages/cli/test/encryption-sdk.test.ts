import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { keysOfEncryptionSdk } from '../src/scan/encryption-sdk';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';

/** A text or bytes with its length before it. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The header of a message, to the encrypted data keys. */
function header(version: 1 | 2, keys: readonly (readonly [string, string])[], context = ''): Buffer {
  const begin = version === 1 ? Buffer.alloc(20, 0x80) : Buffer.alloc(35, 0x05);
  begin[0] = version;
  const count = Buffer.alloc(2);
  count.writeUInt16BE(keys.length);
  const dataKeys = keys.map(([provider, info]) =>
    Buffer.concat([field(provider), field(info), field(Buffer.alloc(32, 7))]),
  );
  return Buffer.concat([begin, field(context), count, ...dataKeys, Buffer.alloc(40)]);
}

describe('the keys of a message of the AWS Encryption SDK', () => {
  it.each([1, 2] as const)(
    'are named in version %i: of AWS KMS by the ARN, of others with their provider',
    (version) => {
      const keys = [
        ['aws-kms', ARN],
        ['raw', 'key-1'],
        ['aws-kms', ARN],
      ] as const;
      expect(keysOfEncryptionSdk(header(version, keys, 'context'))).toEqual([ARN, 'raw:key-1']);
    },
  );

  it('are none in what is no such message, or ends early', () => {
    expect(keysOfEncryptionSdk(Buffer.alloc(0))).toBeUndefined();
    expect(keysOfEncryptionSdk(Buffer.from([3, 0, 0]))).toBeUndefined();
    expect(keysOfEncryptionSdk(header(1, []))).toBeUndefined();
    const whole = header(2, [['aws-kms', ARN]]).subarray(0, -40);
    expect(keysOfEncryptionSdk(whole)).toEqual([ARN]);
    for (let length = 0; length < whole.length; length++) {
      expect(keysOfEncryptionSdk(whole.subarray(0, length))).toBeUndefined();
    }
  });

  it('are bounded, whatever the bytes say', () => {
    const many = Array.from({ length: 300 }, (_, index) => ['raw', String(index)] as const);
    expect(keysOfEncryptionSdk(header(1, many))).toHaveLength(100);
    const [long = ''] = keysOfEncryptionSdk(header(1, [['aws-kms', 'x'.repeat(5_000)]])) ?? [];
    expect(long).toHaveLength(1024);
    fc.assert(
      fc.property(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 200 }), (version, bytes) => {
        const names = keysOfEncryptionSdk(Buffer.concat([Buffer.of(version), bytes])) ?? ['x'];
        return names.length > 0 && names.length <= 100;
      }),
    );
  });

  it('are read of bytes within others', () => {
    const bytes = header(2, [['aws-kms', ARN]]);
    const within = Buffer.concat([Buffer.alloc(7), bytes]);
    expect(keysOfEncryptionSdk(new Uint8Array(within.buffer, within.byteOffset + 7, bytes.length))).toEqual([
      ARN,
    ]);
  });
});
