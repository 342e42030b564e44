import type { Check } from './check';
import { fipsCheck } from './fips-check';
import { givesKnownAnswers } from './known-answers';

const OLDEST_NODE = [20, 19] as const;

/** Checks of this Node.js and its OpenSSL. */
export function runtimeChecks(): readonly Check[] {
  return [nodeCheck(process.versions.node), cryptoCheck(), fipsCheck()];
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { name: 'node', status: 'ok', detail: `Node.js ${version}` };
  }
  const detail = `Node.js ${version} is too old: ${OLDEST_NODE.join('.')} or newer is needed`;
  return { name: 'node', status: 'fail', detail };
}

function cryptoCheck(): Check {
  const library = `OpenSSL ${process.versions.openssl}`;
  try {
    if (givesKnownAnswers()) {
      const detail = `${library}: AES-256-GCM and HMAC-SHA-512 give the published answers`;
      return { name: 'crypto', status: 'ok', detail };
    }
  } catch {
    // Said below.
  }
  const detail = `${library} does not give the published answers for AES-256-GCM and HMAC-SHA-512. Do not encrypt with it.`;
  return { name: 'crypto', status: 'fail', detail };
}
