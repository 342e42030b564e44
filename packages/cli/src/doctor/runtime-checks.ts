import { createHash, getFips, createCipheriv, createHmac } from 'node:crypto';
import type { Check } from './report';

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

/**
 * Whether FIPS mode is in force. `getFips()` tells what was asked for; MD5, which no FIPS provider has, tells
 * what is in force.
 */
function fipsCheck(): Check {
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

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B. */
const GCM = {
  key: hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
  iv: hex('cafebabefacedbaddecaf888'),
  aad: hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  plaintext: hex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  ),
  ciphertext:
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
  tag: '76fc6ece0f4e1768cddf8853bb2d551b',
};

/** Test case 1 of RFC 4231 §4.2. */
const HMAC = {
  key: Buffer.alloc(20, 0x0b),
  data: 'Hi There',
  mac: '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
};

/** Whether this OpenSSL gives the published answers for the two primitives that envelopes are made of. */
function givesKnownAnswers(): boolean {
  const cipher = createCipheriv('aes-256-gcm', GCM.key, GCM.iv).setAAD(GCM.aad);
  const ciphertext = Buffer.concat([cipher.update(GCM.plaintext), cipher.final()]).toString('hex');
  const mac = createHmac('sha512', HMAC.key).update(HMAC.data).digest('hex');
  return ciphertext === GCM.ciphertext && cipher.getAuthTag().toString('hex') === GCM.tag && mac === HMAC.mac;
}
