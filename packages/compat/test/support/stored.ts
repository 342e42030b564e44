import type { Client } from '@temporalio/client';
import type { PayloadJson } from '@waxseal/test-support';

/** A value of Temporal's API in protojson, as it is stored. */
export function protojsonOf(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => {
    const { type, data } = (each ?? {}) as { readonly type?: unknown; readonly data?: readonly number[] };
    return type === 'Buffer' && data !== undefined ? Buffer.from(data).toString('base64') : each;
  });
}

/** The history of a workflow in protojson. */
export async function exported(client: Client, workflowId: string): Promise<string> {
  return protojsonOf(await client.workflow.getHandle(workflowId).fetchHistory());
}

/** All payloads of a document in protojson, as a Codec Server takes them. */
export function payloadsIn(value: unknown): readonly PayloadJson[] {
  if (typeof value !== 'object' || value === null) return [];
  const { metadata, data } = value as Partial<PayloadJson>;
  if (metadata !== undefined && typeof data === 'string') return [value as PayloadJson];
  return Object.values(value).flatMap(payloadsIn);
}
