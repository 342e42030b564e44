import { ConfigurationError } from '@waxseal/core';

import type { Output } from '../../output/output';
import { jsonLog } from './json-log';
import type { ServerLog } from './server-log';
import { textLog } from './text-log';

/**
 * @param format `text`, or `json` for standard error
 * @throws ConfigurationError when there is no such format
 */
export function openLog(format: string, output: Output): ServerLog {
  if (format === 'text') return textLog(output);
  if (format === 'json') return jsonLog((line) => process.stderr.write(line));
  throw new ConfigurationError('--log (server.log) must be "text" or "json".');
}
