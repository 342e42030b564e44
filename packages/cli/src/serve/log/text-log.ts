import type { Output } from '../../output/output';
import { reloadLine } from './reload-line';
import { requestLine } from './request-line';
import type { ServerLog } from './server-log';

/** A log for people: where it listens on standard output, all else on standard error. */
export function textLog({ line, notice }: Output): ServerLog {
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
    stopping: () => undefined,
  };
}
