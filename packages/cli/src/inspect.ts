import { describePayload, type EnvelopeDescription, type PayloadDescription } from '@waxseal/codec-server';
import { escapeUnprintable } from '@waxseal/core/internal';
import type { Output } from './output';
import { printable } from './printable';
import { readInput, readPayloads } from './read-payloads';

/** Prints what envelopes say in clear. Sets the exit code of the process where one is malformed. */
export async function inspect(file: string, json: boolean, line: Output['line']): Promise<void> {
  const descriptions = readPayloads(await readInput(file)).map(describePayload);
  if (json) line(escapeUnprintable(JSON.stringify(descriptions, undefined, 2)));
  else line(descriptions.map(formatDescription).join('\n'));
  if (descriptions.some(({ defect }) => defect !== undefined)) process.exitCode = 1;
}

const WIDTH = 12;

/** A description as indented lines for a terminal. */
function formatDescription(description: PayloadDescription, index: number): string {
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
