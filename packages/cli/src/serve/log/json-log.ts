import { escapeUnprintable } from '@waxseal/core';

import { detailOf } from './detail-of';
import { reloadLine } from './reload-line';
import type { ServerLog } from './server-log';

/**
 * A log for programs: one JSON object a line, with `time`, `level`, `event`, `message` and fields of the event.
 *
 * @param write takes a line, which ends in a line feed
 */
export function jsonLog(write: (line: string) => void): ServerLog {
  const log = (
    level: 'info' | 'warn' | 'error',
    event: string,
    message: string,
    fields: object = {},
  ): void => {
    const record = { time: new Date().toISOString(), level, event, message, ...fields };
    write(`${escapeUnprintable(JSON.stringify(record))}\n`);
  };
  return {
    configured: (lines) => {
      for (const text of lines) log('info', 'configured', text);
    },
    listening: (url, keyIds) => {
      log('info', 'listening', `Codec Server at ${url}`, {
        url,
        ...(keyIds === undefined ? {} : { keyIds }),
      });
    },
    warn: (message) => {
      log('warn', 'warning', message);
    },
    requestFailed: (error, request) => {
      log(request.status < 500 ? 'warn' : 'error', 'request-failed', detailOf(error), request);
    },
    certificateChanged: (reload) => {
      const { notAfter, error } = reload;
      log(error === undefined ? 'info' : 'error', 'certificate-changed', reloadLine(reload), { notAfter });
    },
    stopping: () => {
      log('info', 'stopping', 'Finishing what is being answered');
    },
  };
}
