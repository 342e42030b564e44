import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

import { jsonLinesAudit } from '@waxseal/codec-server';
import { ConfigurationError } from '@waxseal/core';

import type { AuditLog } from './audit-log';

/**
 * Opens a file to append lines of JSON to, which only its owner can read when it is made.
 *
 * @throws ConfigurationError when it cannot be opened
 */
export async function openAuditFile(path: string): Promise<AuditLog> {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`The audit file ${JSON.stringify(path)} cannot be opened: ${code}.`, {
      cause,
    });
  }
  return {
    sink: jsonLinesAudit(stream),
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
}
