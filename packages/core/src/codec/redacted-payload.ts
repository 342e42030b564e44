import type { Payload } from '@temporalio/common';

import { asBuffer } from '../bytes/as-buffer';
import type { FailurePart } from './failure-payload';

const TEXT = 'Redacted by Waxseal: this part of the failure could not be encrypted.';
const ENCODING = Buffer.from('json/plain', 'ascii');
const DATA: Readonly<Record<FailurePart, Buffer>> = {
  attributes: Buffer.from(JSON.stringify({ message: TEXT, stack_trace: '' }), 'utf8'),
  details: Buffer.from(JSON.stringify(TEXT), 'utf8'),
};

/** What stands in history for a part of a failure that could not be encrypted: a constant, in clear. */
export function redactedPayload(part: FailurePart): Payload {
  return { metadata: { encoding: new Uint8Array(ENCODING) }, data: new Uint8Array(DATA[part]) };
}

/** Whether `payload` is exactly what {@link redactedPayload} gives. */
export function isRedactedPayload({ metadata, data }: Payload): boolean {
  if (!metadata || !data || Object.keys(metadata).length !== 1) return false;
  const encoding = metadata['encoding'];
  const bytes = asBuffer(data);
  return (
    encoding !== undefined &&
    ENCODING.equals(encoding) &&
    (DATA.attributes.equals(bytes) || DATA.details.equals(bytes))
  );
}
