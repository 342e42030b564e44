import { createCodecServer, jsonLinesAudit, optionsOfConfig } from '@waxseal/codec-server';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';

import type { HttpEvent } from './http-event';
import type { HttpResult } from './http-result';
import { toRequest } from './to-request';
import { toResult } from './to-result';

/**
 * Makes the function's handler: a Codec Server with the codecs and the `server` of a configuration. Its audit
 * log is the function's log.
 *
 * @throws ConfigurationError when something is wrong with it, or it has no `auth`: the function has a public
 *   address
 */
export function createHandler({
  codecs,
  server: config,
}: Pick<LoadedConfig, 'codecs' | 'server'>): (event: HttpEvent) => Promise<HttpResult> {
  const server = createCodecServer({
    ...optionsOfConfig(config),
    codecs,
    audit: jsonLinesAudit(process.stdout),
    onError: (_error, { requestId, status, code }) => {
      console.error(`request ${requestId}: ${String(status)} ${code}`);
    },
  });
  if (!server.authenticates) {
    throw new ConfigurationError(
      'server.auth is missing: everyone who knows the address could decrypt your payloads.',
    );
  }
  return async (event) => toResult(await server.fetch(toRequest(event)));
}
