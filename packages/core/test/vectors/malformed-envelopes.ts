import { type EnvelopeParts, bytes } from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';

const code = 'MALFORMED_ENVELOPE';

/** Offset of the `u16` before the encryption context. */
const CONTEXT_LENGTH_AT = 66;

function cut(name: string, description: string, end: (headerLength: number) => number): InvalidCase {
  return { name, description, code, damage: (envelope, header) => envelope.subarray(0, end(header)) };
}

/** Cut so far before the end of the header of an envelope with a second wrapped key, `break-glass`. */
function cutSecond(name: string, description: string, beforeEnd: number): InvalidCase {
  return {
    ...cut(name, description, (header) => header - beforeEnd),
    change: ({ wrappedKeys }, { wrap }) => ({ wrappedKeys: [...wrappedKeys, wrap('break-glass')] }),
  };
}

function parts(name: string, description: string, change: Partial<EnvelopeParts>): InvalidCase {
  return { name, description, code, change: () => change };
}

// The header ends with: u16 11 ‖ "break-glass" ‖ u16 61 ‖ 61 bytes.
const SECOND_WRAPPED = 61;
const SECOND_LENGTH = SECOND_WRAPPED + 2;
const SECOND_ID = SECOND_LENGTH + 11;
const SECOND_ID_LENGTH = SECOND_ID + 2;

/**
 * Envelopes that end too early, and versions and suites that nobody knows (docs/spec/envelope.md §§3, 3.1,
 * 4).
 */
export const MALFORMED_ENVELOPES: readonly InvalidCase[] = [
  cut('cut-to-nothing', 'No data at all.', () => 0),
  cut('cut-after-version', 'Ends after the version.', () => 1),
  cut('cut-before-salt', 'Ends after the suite.', () => 2),
  cut('cut-in-salt', 'Ends one byte before the end of the salt.', () => 33),
  cut('cut-in-commitment', 'Ends one byte before the end of the commitment.', () => 65),
  cut('cut-before-context-length', 'Ends after the commitment.', () => 66),
  cut('cut-in-context-length', 'Ends between the two bytes of the length of the context.', () => 67),
  cut('cut-in-context', 'Ends one byte before the end of the context.', () => 87),
  cut('cut-before-count', 'Ends after the context.', () => 88),
  cut('cut-before-wrapped-key-length', 'Ends after the number of wrapped keys.', () => 89),
  cut(
    'cut-in-wrapped-key-length',
    'Ends between the two bytes of the length of the first wrapped key.',
    () => 90,
  ),
  cut('cut-in-wrapped-key', 'Ends one byte before the end of the first wrapped key.', (header) => header - 1),
  cutSecond('cut-before-second-key-id', 'Ends after the first of two wrapped keys.', SECOND_ID_LENGTH),
  cutSecond(
    'cut-in-second-key-id-length',
    'Ends between the two bytes of the length of the second key ID.',
    SECOND_ID_LENGTH - 1,
  ),
  cutSecond('cut-in-second-key-id', 'Ends inside the second key ID.', SECOND_ID - 3),
  cutSecond('cut-before-second-wrapped-key-length', 'Ends after the second key ID.', SECOND_LENGTH),
  cutSecond(
    'cut-in-second-wrapped-key-length',
    'Ends between the two bytes of the length of the second wrapped key.',
    SECOND_LENGTH - 1,
  ),
  cutSecond('cut-in-second-wrapped-key', 'Ends one byte before the end of the second wrapped key.', 1),
  cut('cut-after-header', 'Ends after the header: neither ciphertext nor tag.', (header) => header),
  cut('cut-in-tag', '15 bytes after the header: one too few for a tag.', (header) => header + 15),
  {
    name: 'length-beyond-end',
    description: 'The context announces 4,096 bytes, within its limit and more than there are.',
    code,
    damage: (envelope) =>
      bytes.join(
        envelope.subarray(0, CONTEXT_LENGTH_AT),
        bytes.u16(4096),
        envelope.subarray(CONTEXT_LENGTH_AT + 2),
      ),
  },
  parts('version-0', 'Version 0x00.', { version: 0 }),
  parts('version-2', 'Version 0x02.', { version: 2 }),
  parts('version-255', 'Version 0xFF.', { version: 255 }),
  {
    name: 'version-base64-text',
    description: 'The data is base64 text instead of bytes, so the version is "A" (0x41).',
    code,
    damage: (envelope) => bytes.text(envelope.toString('base64')),
  },
  parts('suite-0', 'Suite 0x00.', { suite: 0 }),
  parts('suite-2', 'Suite 0x02.', { suite: 2 }),
];
