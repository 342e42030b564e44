import type { Payload } from '@temporalio/common';
import { UNREADABLE_METADATA } from '@waxseal/core';
import type { RequestError } from '../http/request-error';

/** What stands for a payload that could not be decoded, in the form of core's `TolerantCodec`. It says no more than an error's answer. */
export function placeholder({ code, message }: RequestError): Payload {
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [UNREADABLE_METADATA]: Buffer.from(code, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[unreadable: ${code}] ${message}`), 'utf8'),
  };
}
