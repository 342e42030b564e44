import { ConfigurationError } from '@waxseal/core';

import { appRoleLogin } from './app-role-login';
import { GivenTokenSource } from './given-token-source';
import { kubernetesLogin } from './kubernetes-login';
import { LoginTokenSource } from './login-token-source';
import type { TokenSource } from './token-source';
import type { VaultAuth } from './vault-auth';
import type { VaultClient } from './vault-client';

/**
 * @param timeoutMs longest wait for a login
 * @throws ConfigurationError when `auth` is not exactly one of the three forms
 */
export function tokenSourceOf(auth: VaultAuth, client: VaultClient, timeoutMs: number): TokenSource {
  // Callers from JavaScript can hand over anything.
  const given: VaultAuth | Record<string, never> = { ...(auth as VaultAuth | undefined) };
  const names = Object.keys(given);
  if (names.length === 1 && 'token' in given) return new GivenTokenSource(given.token);
  if (names.length === 1 && 'appRole' in given) {
    return new LoginTokenSource(client, appRoleLogin(given.appRole), timeoutMs);
  }
  if (names.length === 1 && 'kubernetes' in given) {
    return new LoginTokenSource(client, kubernetesLogin(given.kubernetes), timeoutMs);
  }
  throw new ConfigurationError(
    'VaultTransitKey: auth must be { token }, { appRole: { roleId, secretId } } or { kubernetes: { role } }.',
  );
}
