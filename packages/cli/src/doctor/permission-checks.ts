import { WRAP_AAD, type KeyEncryptionKey, type KeyPermission, type KeyringEntry } from '@waxseal/core';

import type { Check } from './check';
import { reasonOf } from './reason-of';

/** Checks of who the caller is and what it may do. None where the provider cannot ask. */
export async function permissionChecks(
  key: KeyEncryptionKey,
  role: KeyringEntry['role'],
): Promise<readonly Check[]> {
  if (key.checkPermissions === undefined) return [];
  try {
    const { caller, wrap, unwrap } = await key.checkPermissions(WRAP_AAD);
    return [
      {
        name: 'caller',
        status: 'ok',
        detail:
          caller === undefined ? 'the service does not tell who the caller is' : `the caller is ${caller}`,
      },
      permissionCheck('wrap', wrap, role !== 'decryptOnly'),
      permissionCheck('unwrap', unwrap, true),
    ];
  } catch (error) {
    const detail = `rights cannot be asked for: ${reasonOf(error)}`;
    return [{ name: 'caller', status: 'warn', detail }];
  }
}

function permissionCheck(verb: 'wrap' | 'unwrap', permission: KeyPermission, isNeeded: boolean): Check {
  const name = `may-${verb}`;
  switch (permission.allowed) {
    case true:
      return { name, status: 'ok', detail: `the caller may ${verb}` };
    case undefined:
      return {
        name,
        status: 'ok',
        detail: `whether the caller may ${verb} is not asked: ${permission.because}`,
      };
    case false: {
      const reason = reasonOf(permission.error);
      return isNeeded
        ? { name, status: 'fail', detail: `the caller may not ${verb}: ${reason}` }
        : { name, status: 'ok', detail: `the caller may not ${verb}, and this key only decrypts` };
    }
  }
}
