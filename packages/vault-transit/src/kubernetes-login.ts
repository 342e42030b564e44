import { readFile } from 'node:fs/promises';

import { ConfigurationError } from '@waxseal/core';

import { checkFields } from './check-fields';
import { checkText } from './check-text';
import type { Login } from './login';
import type { VaultKubernetesAuth } from './vault-auth';
import { CREDENTIAL, CREDENTIAL_IS, PATH, PATH_IS } from './vault-names';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** @throws ConfigurationError that names the field */
export function kubernetesLogin(options: VaultKubernetesAuth['kubernetes']): Login {
  const given = checkFields(options, 'auth.kubernetes', ['role', 'jwtPath', 'mount']);
  const role = checkText(given['role'], 'auth.kubernetes.role', CREDENTIAL, 'the name of a role');
  const mount = checkText(given['mount'] ?? 'kubernetes', 'auth.kubernetes.mount', PATH, PATH_IS);
  const jwtPath = checkText(
    given['jwtPath'] ?? SERVICE_ACCOUNT_TOKEN,
    'auth.kubernetes.jwtPath',
    /^[^\0]+$/,
    'a path',
  );
  return async () => {
    // Kubernetes replaces the file before the token in it expires.
    const text = (await readFile(jwtPath, 'utf8').catch(unreadable)).trim();
    const jwt = checkText(text, 'the file at auth.kubernetes.jwtPath', CREDENTIAL, CREDENTIAL_IS);
    return { path: `auth/${mount}/login`, body: { role, jwt }, secrets: [jwt] };
  };
}

function unreadable(error: NodeJS.ErrnoException): never {
  throw new ConfigurationError(
    `VaultTransitKey: the file at auth.kubernetes.jwtPath cannot be read (${error.code ?? 'unknown error'}).`,
  );
}
