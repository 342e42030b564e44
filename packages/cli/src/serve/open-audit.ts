import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

import { jsonLinesAudit, type AuditSink } from '@waxseal/codec-server';
import { ConfigurationError } from '@waxseal/core';

/** An audit log that is open. */
export interface OpenAudit {
  readonly sink: AuditSink;
  /** Writes out what is left. */
  close(): Promise<void>;
}

/**
 * Opens the audit log that the operator names.
 *
 * @param target `stdout`, or a file to append to, which only its owner can read when it is made
 * @throws ConfigurationError when the file cannot be opened
 */
export async function openAudit(target: string | undefined): Promise<OpenAudit | undefined> {
  if (target === undefined) return undefined;
  if (target === 'stdout') return { sink: jsonLinesAudit(process.stdout), close: () => Promise.resolve() };
  const stream = createWriteStream(target, { flags: 'a', mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`The audit file ${JSON.stringify(target)} cannot be opened: ${code}.`, {
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
