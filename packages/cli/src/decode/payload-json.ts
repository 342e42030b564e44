import { randomUUID } from 'node:crypto';
import type { PayloadDecoder } from '@waxseal/codec-server';
import { escapeUnprintable } from '@waxseal/core/internal';

type Payload = Awaited<ReturnType<PayloadDecoder['decode']>>[number];

/** A payload in proto3 JSON. */
export function payloadJson({ metadata, data, externalPayloads }: Payload): object {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return {
    metadata: Object.fromEntries(entries) as object,
    ...(data != null && data.length > 0 && { data: base64(data) }),
    ...(externalPayloads != null &&
      externalPayloads.length > 0 && {
        externalPayloads: externalPayloads.map(({ sizeBytes }) => ({
          sizeBytes: (sizeBytes ?? 0).toString(),
        })),
      }),
  };
}

const NUMBER_OR_TEXT = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Writes documents in which payloads of JSON are that JSON. */
export class ReadableJson {
  readonly #id = randomUUID();
  #asWritten: string[] = [];

  /** What stands for a payload: its value, or where it is no JSON the payload. */
  readonly valueOf = (payload: Payload): unknown => {
    const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString('latin1');
    if (encoding === 'binary/null') return null;
    if (encoding !== 'json/plain' && encoding !== 'json/protobuf') return payloadJson(payload);
    const text = Buffer.from(payload.data ?? []).toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return payloadJson(payload);
    }
    // Digits that a number of JavaScript does not have would be lost.
    const numbers = text.match(NUMBER_OR_TEXT)?.filter((token) => !token.startsWith('"')) ?? [];
    if (numbers.every((token) => String(Number(token)) === token)) return value;
    this.#asWritten.push(text.trim());
    return `${this.#id}:${String(this.#asWritten.length - 1)}`;
  };

  /** The text of a document that holds such values. */
  readonly textOf = (json: unknown, indent: number | undefined): string => {
    const values = this.#asWritten;
    this.#asWritten = [];
    return jsonText(json, indent).replaceAll(new RegExp(`"${this.#id}:(\\d+)"`, 'g'), (_, index: string) =>
      escapeUnprintable((values[Number(index)] ?? 'null').replaceAll(/[\r\n\t]/g, ' ')),
    );
  };
}

/** JSON that cannot steer a terminal. */
export function jsonText(json: unknown, indent: number | undefined): string {
  return escapeUnprintable(JSON.stringify(json, undefined, indent));
}
