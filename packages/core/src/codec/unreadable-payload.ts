import type { Payload } from '@temporalio/common';

import type { WaxsealError } from '../errors/waxseal-error';

/** Metadata entry by which a program tells a placeholder from data: the code of the error. */
export const UNREADABLE_METADATA = 'waxseal-unreadable';

/** What stands in a listing for a payload that could not be opened: a JSON text that says why. */
export function unreadablePayload({ code, message }: WaxsealError): Payload {
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [UNREADABLE_METADATA]: Buffer.from(code, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[unreadable: ${code}] ${message}`), 'utf8'),
  };
}
