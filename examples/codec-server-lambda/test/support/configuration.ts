import { createHash } from 'node:crypto';

import type { ServerConfig } from '@waxseal/config';

/** A token that {@link configuration} accepts. */
export const TOKEN = 'a token of thirty-two characters, or more';

/** A configuration whose one caller may decode in the namespace `orders`. */
export function configuration(): { readonly server: ServerConfig } {
  const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
  const may = [{ namespaces: ['orders'], operations: ['decode'] as const }];
  const auth = [{ type: 'bearer' as const, tokens: [{ principal: 'ci', tokenSha256, may }] }];
  return { server: { allowedOrigins: ['https://temporal.example.com'], auth } };
}
