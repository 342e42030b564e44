import { checkFields } from './check-fields';
import { checkText } from './check-text';
import type { Login } from './login';
import type { VaultAppRoleAuth } from './vault-auth';
import { CREDENTIAL, CREDENTIAL_IS, PATH, PATH_IS } from './vault-names';

/** @throws ConfigurationError that names the field */
export function appRoleLogin(options: VaultAppRoleAuth['appRole']): Login {
  const given = checkFields(options, 'auth.appRole', ['roleId', 'secretId', 'mount']);
  const roleId = checkText(given['roleId'], 'auth.appRole.roleId', CREDENTIAL, CREDENTIAL_IS);
  const secretId = checkText(given['secretId'], 'auth.appRole.secretId', CREDENTIAL, CREDENTIAL_IS);
  const mount = checkText(given['mount'] ?? 'approle', 'auth.appRole.mount', PATH, PATH_IS);
  const request = {
    path: `auth/${mount}/login`,
    body: { role_id: roleId, secret_id: secretId },
    secrets: [secretId, roleId],
  };
  return () => request;
}
