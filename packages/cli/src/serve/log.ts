import type { TlsReload, FailedRequest } from '@waxseal/codec-server';
import { isWaxsealError, ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import type { Output } from '../output';
import { printable } from '../printable';

/**
 * What may be logged of an error. The messages of Waxseal's errors are safe, and what the client is told; of
 * any other error only its kind is shown, because a codec's message may quote what it could not read.
 */
function detailOf(error: unknown, { message }: FailedRequest): string {
  if (isWaxsealError(error)) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return kind === 'RequestError' ? message : `${message} (${kind})`;
}

/**
 * A log for programs: one JSON object a line, with `time`, `level`, `event`, `message` and fields of the
 * event.
 *
 * @param write takes a line, which ends in a line feed
 */
function jsonLog(write: (line: string) => void): ServerLog {
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
      const { requestId, status, code } = request;
      const level = status < 500 ? 'warn' : 'error';
      log(level, 'request-failed', detailOf(error, request), { requestId, status, code });
    },
    certificateChanged: (reload) => {
      const { notAfter, error } = reload;
      log(error === undefined ? 'info' : 'error', 'certificate-changed', reloadLine(reload), { notAfter });
    },
    auditHead: (head) => {
      log('info', 'audit-head', `Audit head: ${head}`, { head });
    },
    stopping: () => {
      log('info', 'stopping', 'Finishing what is being answered');
    },
  };
}

/**
 * @param format `text`, or `json` for standard error
 * @throws ConfigurationError when there is no such format
 */
export function openLog(format: string, output: Output): ServerLog {
  if (format === 'text') return textLog(output);
  if (format === 'json') return jsonLog((line) => process.stderr.write(line));
  throw new ConfigurationError('--log (server.log) must be "text" or "json".');
}

/** One line for the log about the files of a certificate that changed. */
function reloadLine({ notAfter, error }: TlsReload): string {
  const until = notAfter.toISOString();
  return error === undefined
    ? `TLS: new connections get the new certificate, which is valid until ${until}.`
    : `TLS: the files changed and cannot be used; the earlier certificate, valid until ${until}, stays. ${error.message}`;
}

/** One line about a failed request. */
function requestLine(error: unknown, request: FailedRequest): string {
  const { requestId, status, code } = request;
  return `request ${requestId}: ${String(status)} ${code}: ${printable(detailOf(error, request))}`;
}

/** What a running Codec Server tells the operator. Nothing in it comes from a payload or a token. */
export interface ServerLog {
  /** Which configuration file is used, and which one is not. */
  readonly configured: (lines: readonly string[]) => void;

  /** It accepts connections. */
  readonly listening: (url: string, keyIds: readonly string[] | undefined) => void;

  /** Something that the operator should know at the start. */
  readonly warn: (message: string) => void;

  /** A request was answered with an error, or without some of its payloads. */
  readonly requestFailed: (error: unknown, request: FailedRequest) => void;

  /** The files of the certificate changed. */
  readonly certificateChanged: (reload: TlsReload) => void;

  /** Which line of the audit log was written last: kept elsewhere, it shows when lines are cut off later. */
  readonly auditHead: (head: string) => void;

  /** It was told to stop, and finishes what it is answering. */
  readonly stopping: () => void;
}

/** A log for people: where it listens on standard output, all else on standard error. */
function textLog({ line, notice }: Output): ServerLog {
  return {
    configured: (lines) => {
      for (const text of lines) notice(text);
    },
    listening: (url, keyIds) => {
      line(`Codec Server at ${url}`);
      line(`Keys: ${keyIds === undefined ? 'chosen by the configuration' : keyIds.join(', ')}`);
    },
    warn: notice,
    requestFailed: (error, request) => {
      notice(requestLine(error, request));
    },
    certificateChanged: (reload) => {
      notice(reloadLine(reload));
    },
    auditHead: (head) => {
      notice(`Audit head: ${head}`);
    },
    stopping: () => undefined,
  };
}
