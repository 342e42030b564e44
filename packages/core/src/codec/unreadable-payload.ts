import type { Payload } from '@temporalio/common';

/** Metadata entry by which a program tells a placeholder from data: the code of the error. */
export const UNREADABLE_METADATA = 'waxseal-unreadable';

/**
 * What stands for a payload that could not be opened: a JSON text that says why, and the code in the metadata.
 *
 * @param error what is told of it
 */
export function unreadablePayload({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Payload {
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [UNREADABLE_METADATA]: Buffer.from(code, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[unreadable: ${code}] ${message}`), 'utf8'),
  };
}
