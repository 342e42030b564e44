import type { Writable } from 'node:stream';
import { escapeUnprintable } from '@waxseal/core';
import type { AuditSink } from './audit-sink';

/**
 * An audit sink that writes each record as a line of JSON: to `process.stdout`, or to a file that was opened with
 * `createWriteStream(path, { flags: 'a' })`. It waits until the stream has taken the line (for a file, until the operating
 * system has; not until it is on the disk), and rejects when the stream has failed or ended, so that nothing is answered that
 * was not recorded.
 *
 * @param stream belongs to the caller, who ends it after the server is closed
 */
export function jsonLinesAudit(stream: Writable): AuditSink {
  // Each write reports its own error; without a listener the stream's event would end the process.
  stream.on('error', () => undefined);
  return (record) =>
    new Promise((resolve, reject) => {
      stream.write(`${escapeUnprintable(JSON.stringify(record))}\n`, (error) => {
        if (error == null) resolve();
        else reject(error);
      });
    });
}
