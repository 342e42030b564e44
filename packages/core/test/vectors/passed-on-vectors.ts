import { type PassedOnVector, type VectorReader, bytes, writeEnvelope } from '@waxseal/test-support/vectors';

import { scenario } from './scenario';

/** One payload that is no envelope. */
interface PassedOnCase {
  readonly name: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string | Uint8Array;
  readonly reader?: VectorReader;
  readonly readable?: 'attributes' | 'details';
  readonly externalPayloads?: readonly { readonly sizeBytes: string }[];
}

const REDACTED = 'binary/waxseal-redacted';
const REQUIRED: VectorReader = { namespace: 'default', requireEncryption: true };

/** A right envelope, for payloads that only call it something else. */
const ENVELOPE = writeEnvelope(scenario('passed-on').parts).envelope;
const KEY_ID = { 'encryption-key-id': 'orders/v1' };

const CASES: readonly PassedOnCase[] = [
  {
    name: '01-json-plain',
    description: 'Plaintext.',
    metadata: { encoding: 'json/plain' },
    data: '"in clear"',
  },
  { name: '02-no-metadata', description: 'A payload without metadata.', metadata: {}, data: 'x' },
  { name: '03-nothing', description: 'A payload without metadata and data.', metadata: {}, data: '' },
  {
    name: '04-no-encoding',
    description: 'A right envelope and key ID, without an encoding.',
    metadata: KEY_ID,
    data: ENVELOPE,
  },
  {
    name: '05-encoding-in-capitals',
    description: 'A right envelope that is called "Binary/Envelope".',
    metadata: { encoding: 'Binary/Envelope', ...KEY_ID },
    data: ENVELOPE,
  },
  {
    name: '06-encoding-with-more',
    description: 'A right envelope that is called "binary/envelope" with a line feed after it.',
    metadata: { encoding: 'binary/envelope\n', ...KEY_ID },
    data: ENVELOPE,
  },
  {
    name: '07-encoding-name-in-capitals',
    description: 'A right envelope whose encoding stands under the name "Encoding".',
    metadata: { Encoding: 'binary/envelope', ...KEY_ID },
    data: ENVELOPE,
  },
  { name: '08-empty-encoding', description: 'An empty encoding.', metadata: { encoding: '' }, data: 'x' },
  {
    name: '09-other-cipher',
    description: 'What another codec encrypted, with entries of its own.',
    metadata: {
      encoding: 'binary/encrypted',
      'encryption-key-id': 'test',
      'encryption-cipher': 'AES-256-GCM',
    },
    data: bytes.sequence(0, 64),
  },
  {
    name: '10-odd-metadata',
    description: 'Metadata names that are empty, special in some language, or have controls.',
    metadata: { '': 'a', ['__proto__']: 'b', '\ufeffencoding': 'c', 'encoding\0': 'binary/envelope' },
    data: '',
  },
  {
    name: '11-external-payloads',
    description: 'Plaintext with external payloads, which stay.',
    metadata: { encoding: 'json/plain' },
    data: '1',
    externalPayloads: [{ sizeBytes: '5000000000' }],
  },
  {
    name: '12-redacted-attributes',
    description: 'A redacted failure: message and stack.',
    metadata: { encoding: REDACTED },
    data: 'attributes',
    readable: 'attributes',
  },
  {
    name: '13-redacted-details',
    description: 'A redacted failure: a detail.',
    metadata: { encoding: REDACTED },
    data: 'details',
    readable: 'details',
  },
  {
    name: '14-redacted-attributes-where-all-is-encrypted',
    description: 'Message and stack of a redacted failure, where only envelopes are accepted: as they are.',
    metadata: { encoding: REDACTED },
    data: 'attributes',
    reader: REQUIRED,
  },
  {
    name: '15-redacted-details-where-all-is-encrypted',
    description: 'A detail of a redacted failure, where only envelopes are accepted: as it is.',
    metadata: { encoding: REDACTED },
    data: 'details',
    reader: REQUIRED,
  },
  {
    name: '16-redacted-in-capitals',
    description: 'Almost a redacted failure: its encoding in another case. As it is.',
    metadata: { encoding: 'Binary/Waxseal-Redacted' },
    data: 'attributes',
  },
  {
    name: '17-redacted-with-another-entry',
    description: 'Almost a redacted failure: another metadata entry. As it is.',
    metadata: { encoding: REDACTED, messageType: '' },
    data: 'attributes',
  },
  {
    name: '18-redacted-data-in-capitals',
    description: 'Almost a redacted failure: "Details". As it is.',
    metadata: { encoding: REDACTED },
    data: 'Details',
  },
  {
    name: '19-redacted-data-longer',
    description: 'Almost a redacted failure: "details" and a NUL. As it is.',
    metadata: { encoding: REDACTED },
    data: 'details\0',
  },
  {
    name: '20-redacted-data-empty',
    description: 'Almost a redacted failure: no data. As it is.',
    metadata: { encoding: REDACTED },
    data: '',
  },
  {
    name: '21-redacted-with-external-payloads',
    description: 'Almost a redacted failure: it has external payloads. As it is.',
    metadata: { encoding: REDACTED },
    data: 'details',
    externalPayloads: [{ sizeBytes: '1' }],
  },
];

/** All vectors of payloads that are handed on, by name. */
export function passedOnVectors(): ReadonlyMap<string, PassedOnVector> {
  return new Map(CASES.map((definition) => [definition.name, passedOnVector(definition)]));
}

function passedOnVector({
  description,
  metadata,
  data,
  reader,
  readable,
  externalPayloads,
}: PassedOnCase): PassedOnVector {
  const base64 = (value: string | Uint8Array): string => Buffer.from(value as string).toString('base64');
  const outer = {
    // Not by assignment: one of the names would become the prototype.
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, base64(value)])),
    data: base64(data),
    ...(externalPayloads && { externalPayloads }),
  };
  return {
    description,
    keys: { 'orders/v1': base64(scenario('passed-on').localKey('orders/v1')) },
    reader: reader ?? { namespace: 'default' },
    outer,
    expected: { inner: outer, ...(readable && { readable }) },
  };
}
