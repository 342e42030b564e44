import type { EnvelopeDescription } from '@waxseal/codec-server';
import { howMany, plain, printable } from '../printable';
import type { PayloadFormat } from '../scan/payload-format';
import type { Inspected } from './inspected';
import type { TotalsJson } from './inspect-totals';

const WIDTH = 12;

/** What codecs of others call their formats. */
const FORMATS: Partial<Readonly<Record<PayloadFormat, string>>> = {
  'temporal-proxy': "of Temporal's proxy, with a wrapped key of its own",
  samples: "of the samples of Temporal's SDKs, under the key itself",
  'aws-encryption-sdk': 'a message of the AWS Encryption SDK',
  fernet: 'a Fernet token',
  other: 'not known: it names a key',
};

/** A payload as indented lines for a terminal. */
export function payloadLines(found: Inspected, number: number): string {
  const { source, event, kind, field, encoding, keys = [], dataBytes, envelope, defect, format } = found;
  const others = FORMATS[format];
  const at = event === undefined ? undefined : `event ${plain(event.id)}, ${plain(event.type)}`;
  const rows = [
    ...(source === undefined ? [] : [['in', plain(source)]]),
    ...(at === undefined ? [] : [['at', event?.time === undefined ? at : `${at}, ${event.time}`]]),
    ...(kind === undefined ? [] : [['kind', kind]]),
    ...(field === undefined ? [] : [['field', plain(field)]]),
    ['encoding', encoding === undefined ? '(not given: data only)' : printable(encoding)],
    ['data', `${String(dataBytes)} bytes`],
    ...(found.token === undefined ? [] : [['token', found.token]]),
    ...(others === undefined ? [] : [['format', others]]),
    ...(envelope === undefined ? keys.map((key) => ['key', printable(key)]) : envelopeRows(envelope)),
    ...(defect === undefined ? [] : [['malformed', defect]]),
    ...(envelope === undefined && defect === undefined ? [['encrypted', encryptedOf(format)]] : []),
  ];
  return [
    `Payload ${String(number)}`,
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(WIDTH)}${value}`),
  ].join('\n');
}

function encryptedOf(format: PayloadFormat): string {
  if (format === 'elsewhere') return 'not told: this only names where the payload is kept';
  return FORMATS[format] === undefined
    ? 'no: this is not a Waxseal envelope'
    : 'by another codec: this is not a Waxseal envelope';
}

function envelopeRows(envelope: EnvelopeDescription): string[][] {
  const context = Object.entries(envelope.context).map(([key, value]) => `${plain(key)}=${printable(value)}`);
  return [
    ['envelope', `version ${String(envelope.version)}, suite ${String(envelope.suite)}`],
    ...envelope.wrappedKeys.map(({ keyId, bytes }, index) => [
      index === 0 ? 'key' : 'also for',
      `${keyId === undefined ? "(in the payload's metadata)" : printable(keyId)}, wrapped key of ${String(bytes)} bytes`,
    ]),
    ['context', context.length === 0 ? '(none)' : context.join(' ')],
    ['header', `${String(envelope.headerBytes)} bytes`],
    ['ciphertext', `${String(envelope.ciphertextBytes)} bytes`],
  ];
}

/** Keys and encodings that are named on the terminal; `--ndjson` has all. */
const MOST_NAMED = 50;

/** The totals as lines for a terminal. */
export function totalLines(totals: TotalsJson): readonly string[] {
  const { payloads, encrypted, plaintext, malformed, byKey, byEncoding, notToldApart } = totals;
  const named = [
    ...byKey.map(
      ({ format, key, payloads }) =>
        `  key ${printable(key)}${format === 'waxseal' ? '' : ` (${format})`}: ${String(payloads)}`,
    ),
    ...byEncoding.map(({ encoding, payloads }) => `  plaintext ${printable(encoding)}: ${String(payloads)}`),
  ];
  const more = named.length - MOST_NAMED;
  return [
    `${howMany(payloads, 'payload')}: ${String(encrypted)} encrypted, ${String(plaintext)} plaintext, ${String(malformed)} malformed`,
    ...named.slice(0, MOST_NAMED),
    ...(more > 0 ? [`  … and ${String(more)} more (--ndjson has all)`] : []),
    ...(notToldApart > 0 ? [`  ${String(notToldApart)} more, of further names`] : []),
    ...othersOf(totals),
  ];
}

function othersOf({ elsewhere, redacted, besideCodecs, failuresInClear }: TotalsJson): readonly string[] {
  const rows: readonly (readonly [number, string])[] = [
    [elsewhere, 'kept elsewhere: whether they are encrypted there cannot be told from here'],
    [redacted, 'in the place of parts of failures that could not be encrypted'],
    [besideCodecs, 'in headers and markers of SDKs, in clear beside every codec'],
    [failuresInClear, 'failures whose message or stack is in clear'],
  ];
  return rows.filter(([number]) => number > 0).map(([number, what]) => `  ${String(number)} ${what}`);
}
