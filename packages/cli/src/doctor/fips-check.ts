import { createHash, getFips } from 'node:crypto';

import type { Check } from './check';

/**
 * Whether FIPS mode is in force. `getFips()` tells what was asked for; MD5, which no FIPS provider has, tells what is in
 * force.
 */
export function fipsCheck(): Check {
  const isAskedFor = getFips() === 1;
  const isInForce = !hasMd5();
  if (isAskedFor && !isInForce) {
    const detail =
      'FIPS mode is asked for and not in force: MD5 still works. Load the FIPS provider in openssl.cnf.';
    return { name: 'fips', status: 'fail', detail };
  }
  return { name: 'fips', status: 'ok', detail: `FIPS mode is ${isInForce ? 'in force' : 'off'}` };
}

function hasMd5(): boolean {
  try {
    createHash('md5').update('').digest();
    return true;
  } catch {
    return false;
  }
}
