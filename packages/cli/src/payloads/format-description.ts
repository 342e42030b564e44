import { printable } from '../output/printable';
import type { EnvelopeDescription, PayloadDescription } from '@waxseal/codec-server';

const WIDTH = 12;

/** A description as indented lines for a terminal. */
export function formatDescription(description: PayloadDescription, index: number): string {
  const { encoding, keyId, dataBytes, envelope, defect } = description;
  const rows = [
    ['encoding', encoding === undefined ? '(not given: data only)' : printable(encoding)],
    ['data', `${String(dataBytes)} bytes`],
    ...(envelope === undefined && keyId !== undefined ? [['key', printable(keyId)]] : []),
    ...(envelope === undefined ? [] : envelopeRows(envelope)),
    ...(defect === undefined ? [] : [['malformed', defect]]),
    ...((envelope ?? defect) ? [] : [['encrypted', 'no: this is not a Waxseal envelope']]),
  ];
  return [
    `Payload ${String(index + 1)}`,
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(WIDTH)}${value}`),
  ].join('\n');
}

function envelopeRows(envelope: EnvelopeDescription): string[][] {
  const context = Object.entries(envelope.context).map(([key, value]) => `${key}=${printable(value)}`);
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
