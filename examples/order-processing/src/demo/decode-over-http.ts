import type { Payload } from '@temporalio/common';

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
}

/**
 * Asks a Codec Server to decode, as the Web UI does.
 *
 * @param url - base URL, without a trailing slash
 * @returns the data of each payload as text, in the same order
 * @throws Error when the Codec Server does not answer 200 with as many payloads
 */
export async function decodeOverHttp(
  url: string,
  namespace: string,
  payloads: readonly Payload[],
): Promise<string[]> {
  const response = await fetch(`${url}/decode`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Namespace': namespace },
    body: JSON.stringify({ payloads: payloads.map(toJson) }),
  });
  if (!response.ok) {
    throw new Error(`The Codec Server answered ${String(response.status)}: ${await response.text()}`);
  }
  const decoded = ((await response.json()) as { payloads?: JsonPayload[] }).payloads ?? [];
  if (decoded.length !== payloads.length) {
    throw new Error(
      `The Codec Server gave ${String(decoded.length)} payloads for ${String(payloads.length)}.`,
    );
  }
  return decoded.map(({ data }) => Buffer.from(data ?? '', 'base64').toString('utf8'));
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)])),
    data: base64(data ?? new Uint8Array()),
  };
}
