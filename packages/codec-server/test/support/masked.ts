import type { Payload } from '@temporalio/common';
import { DecodePolicies, type CompiledDecodePolicy, type DecodePolicy, type MaskRule } from '../../src';

/** A payload in any encoding, from text or bytes. */
export function payload(
  data: string | Uint8Array,
  encoding = 'json/plain',
  more: Record<string, string> = {},
): Payload {
  const metadata = Object.entries({ encoding, ...more }).map(([key, value]) => [key, Buffer.from(value)]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, Uint8Array>,
    data: typeof data === 'string' ? Buffer.from(data) : data,
  };
}

/** The text that a payload holds. */
export function textOf(given: Payload | undefined): string {
  return Buffer.from(given?.data ?? []).toString('utf8');
}

/** Metadata as texts. */
export function metadataOf(given: Payload | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given?.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString()]),
  );
}

/** One policy, checked. */
export function compileDecodePolicy(policy: DecodePolicy): CompiledDecodePolicy {
  return new DecodePolicies({ policies: { role: policy } }).policyFor(['role']);
}

/** One payload under a policy. */
export async function apply(policy: DecodePolicy | CompiledDecodePolicy, given: Payload): Promise<Payload> {
  const compiled = typeof policy === 'object' && 'apply' in policy ? policy : compileDecodePolicy(policy);
  const [shown, ...others] = await compiled.apply([given]);
  if (shown === undefined || others.length > 0) throw new Error('not one payload');
  return shown;
}

/** A JSON text under rules. */
export async function masked(text: string, ...mask: MaskRule[]): Promise<string> {
  return textOf(await apply({ mask }, payload(text)));
}

/** Why a payload is hidden whole under a policy; `undefined` when it is not. */
export async function hiddenBecause(given: Payload, ...mask: MaskRule[]): Promise<string | undefined> {
  return metadataOf(await apply({ mask }, given))['waxseal-hidden'];
}
