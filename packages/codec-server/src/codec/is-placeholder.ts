import type { Payload } from '@temporalio/common';
import { UNREADABLE_METADATA } from '@waxseal/core';

const TEXT = /^"\[unreadable: [A-Z_]+\] /;

/**
 * Whether a payload is a placeholder. The Web UI drops the metadata when it starts a workflow "like this one", so the text is
 * looked at too.
 */
export function isPlaceholder({ metadata, data }: Payload): boolean {
  if (metadata != null && Object.hasOwn(metadata, UNREADABLE_METADATA)) return true;
  return TEXT.test(Buffer.from((data ?? new Uint8Array()).subarray(0, 100)).toString('latin1'));
}
