import type { Payload } from '@temporalio/common';
import type { Principal } from '../authorization/principal';
import { isObject } from '../fields';
import { RequestError } from '../request-error';
import type { ExternalStorageOptions, StorageReference } from './external-storage';

/** Who asks, about which namespace, and until when. */
interface RetrieveRequest {
  readonly namespace: string | undefined;
  readonly principal: Principal | undefined;
  readonly signal: AbortSignal;
}

/**
 * Puts payloads from external storage in the place of references to them. All references are checked before
 * the first is followed.
 *
 * @returns as many payloads in the same order
 * @throws RequestError 400, 403, 404, 502 or 503
 */
export async function retrieveReferences(
  payloads: readonly Payload[],
  { storage, allows }: ExternalStorageOptions,
  { namespace, principal, signal }: RetrieveRequest,
): Promise<Payload[]> {
  const found = payloads.flatMap((payload, index) => {
    const reference = parseReference(payload);
    return reference === undefined ? [] : [{ index, reference }];
  });
  for (const { reference } of found) await assertAllowed(allows, reference, { namespace, principal });
  const byDriver = new Map<string, typeof found>();
  for (const entry of found) {
    const { driverName } = entry.reference;
    byDriver.set(driverName, [...(byDriver.get(driverName) ?? []), entry]);
  }
  const result = [...payloads];
  await Promise.all(
    [...byDriver].map(async ([name, entries]) => {
      const retrieved = await retrieve(storage, name, entries, signal);
      entries.forEach(({ index }, place) => {
        result[index] = retrieved[place] ?? {};
      });
    }),
  );
  return result;
}

async function assertAllowed(
  allows: ExternalStorageOptions['allows'],
  reference: StorageReference,
  request: Omit<RetrieveRequest, 'signal'>,
): Promise<void> {
  let isAllowed: unknown;
  try {
    isAllowed = await allows(reference, request);
  } catch (cause) {
    throw new RequestError(
      503,
      'AUTHORIZATION_UNAVAILABLE',
      'It cannot be decided at present whether you may do this. Try again.',
      { cause, retryAfterSeconds: 1 },
    );
  }
  if (isAllowed !== true) {
    throw new RequestError(
      403,
      'REFERENCE_NOT_ALLOWED',
      'A payload refers to something in external storage that does not belong to this namespace.',
    );
  }
}

async function retrieve(
  storage: ExternalStorageOptions['storage'],
  name: string,
  entries: readonly { readonly reference: StorageReference }[],
  signal: AbortSignal,
): Promise<Payload[]> {
  const driver = storage.getDriver(name);
  if (driver === null) {
    throw new RequestError(
      404,
      'UNKNOWN_STORAGE',
      'A payload is in an external storage that this server does not have.',
    );
  }
  const claims = entries.map(({ reference: { claimData } }) => ({ claimData }));
  let retrieved: unknown;
  try {
    retrieved = await driver.retrieve({ abortSignal: signal }, claims);
  } catch (cause) {
    throw new RequestError(502, 'STORAGE_FAILED', 'The external storage did not give the payload.', {
      cause,
    });
  }
  if (!Array.isArray(retrieved) || retrieved.length !== claims.length || !retrieved.every(isObject)) {
    throw new RequestError(502, 'STORAGE_FAILED', 'The external storage did not give the payload.');
  }
  return retrieved;
}

const MESSAGE_TYPE = 'temporal.api.sdk.v1.ExternalStorageReference';
const MAX_BYTES = 64 * 1024;

/**
 * Reads a reference to external storage, in the form of SDKs that write `json/protobuf`.
 *
 * @returns undefined when the payload is none
 * @throws RequestError 400 when it is not well-formed
 */
export function parseReference({ metadata, data }: Payload): StorageReference | undefined {
  const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('utf8');
  if (text(metadata?.['encoding']) !== 'json/protobuf' || text(metadata?.['messageType']) !== MESSAGE_TYPE) {
    return undefined;
  }
  const reference = data != null && data.length <= MAX_BYTES ? parse(text(data)) : undefined;
  if (!isObject(reference)) throw malformed();
  const driverName = reference['driverName'] ?? reference['driver_name'];
  const claimData = reference['claimData'] ?? reference['claim_data'] ?? {};
  if (typeof driverName !== 'string' || driverName === '' || !isTexts(claimData)) throw malformed();
  return { driverName, claimData };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function malformed(): RequestError {
  return new RequestError(
    400,
    'MALFORMED_REFERENCE',
    'A payload is a reference to external storage that is not well-formed.',
  );
}
