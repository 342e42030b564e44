import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type KeyEncryptionKey, KeyServiceError } from '@waxseal/core';
import { DATA_KEY_BYTES, type KeyRequestOptions, type WrappedKey } from '@waxseal/core/provider';
import { WRAP_AAD, type KeyringEntry } from '@waxseal/core/internal';
import { reasonOf } from './causes';
import type { Check } from './report';

/** Half of the default time for an attempt. */
const SLOW_MS = 1_000;

/** What one wrap and one unwrap told. Times in milliseconds. */
export interface RoundTrip {
  readonly recordedAs: string | undefined;
  readonly wrapMs: number | undefined;
  readonly unwrapMs: number | undefined;
  readonly checks: readonly Check[];
}

/** Wraps a random data key that is used for nothing else, unwraps it, and compares. */
export async function roundTrip({ key, role }: KeyringEntry, request: KeyRequestOptions): Promise<RoundTrip> {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const startedAt = performance.now();
  let wrapped: WrappedKey;
  try {
    wrapped = await key.wrap(dataKey, WRAP_AAD, request);
  } catch (error) {
    return {
      recordedAs: undefined,
      wrapMs: undefined,
      unwrapMs: undefined,
      checks: [notWrapped(error, role)],
    };
  }
  const wrappedAt = performance.now();
  const wrapMs = Math.round(wrappedAt - startedAt);
  const of = { recordedAs: wrapped.keyId, wrapMs };
  try {
    const opened = await key.unwrap(wrapped, WRAP_AAD, request);
    const unwrapMs = Math.round(performance.now() - wrappedAt);
    const isSame = opened.length === DATA_KEY_BYTES && timingSafeEqual(opened, dataKey);
    opened.fill(0);
    if (!isSame) return { ...of, unwrapMs, checks: [failed('another data key came back than was wrapped')] };
    const detail = `wrapped in ${String(wrapMs)} ms (${String(wrapped.bytes.length)} bytes), unwrapped in ${String(unwrapMs)} ms, recorded as ${wrapped.keyId}`;
    const status = Math.max(wrapMs, unwrapMs) > SLOW_MS ? 'warn' : 'ok';
    return { ...of, unwrapMs, checks: [{ name: 'round-trip', status, detail }, ...sizeChecks(key, wrapped)] };
  } catch (error) {
    const check = failed(`wrapped, and not unwrapped: ${reasonOf(error)}`);
    return { ...of, unwrapMs: undefined, checks: [check] };
  } finally {
    dataKey.fill(0);
  }
}

/** Bytes of a name in payloads from which on a shorter one is proposed. */
const LONG_NAME_BYTES = 48;
/** Providers whose names are long, and whose URIs take another one. */
const RENAMED: ReadonlySet<string> = new Set(['aws-kms', 'gcp-kms', 'azure-key-vault']);

/** What a key puts into each payload, where that could be less. */
function sizeChecks({ provider }: KeyEncryptionKey, { keyId, bytes }: WrappedKey): readonly Check[] {
  const length = Buffer.byteLength(keyId);
  if (length < LONG_NAME_BYTES || !RENAMED.has(provider ?? '')) return [];
  const detail = `each payload carries ${String(length + bytes.length)} bytes of this key, ${String(length)} of them its name: with ?id=<short name> in its URI, which must never change or name another key, fewer (docs/providers.md)`;
  return [{ name: 'size', status: 'ok', detail }];
}

function notWrapped(error: unknown, role: KeyringEntry['role']): Check {
  if (role === 'decryptOnly' && error instanceof KeyServiceError && error.reason === 'denied') {
    const detail = 'may not wrap, as becomes a key that only decrypts; so there was nothing to unwrap';
    return { name: 'round-trip', status: 'ok', detail };
  }
  return failed(`not wrapped: ${reasonOf(error)}`);
}

function failed(detail: string): Check {
  return { name: 'round-trip', status: 'fail', detail };
}
