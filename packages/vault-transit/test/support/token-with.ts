import { randomBytes } from 'node:crypto';

import type { OpenBaoServer } from '@waxseal/bring-up';

import { at } from './at';

/** A token that has these rights and the `default` policy. */
export async function tokenWith(
  server: OpenBaoServer,
  policy: string,
  name = `p-${randomBytes(4).toString('hex')}`,
  options: object = {},
): Promise<string> {
  await server.admin('POST', `sys/policies/acl/${name}`, { policy });
  return at(
    await server.admin('POST', 'auth/token/create', { policies: [name], no_parent: true, ...options }),
    'auth',
    'client_token',
  );
}
