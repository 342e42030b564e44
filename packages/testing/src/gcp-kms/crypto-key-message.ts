import type { GcpKmsDoubleKey } from './gcp-kms-double-key';
import type { GcpKmsDoubleKeyVersion } from './gcp-kms-double-key-version';
import type { GcpKmsPurpose } from './gcp-kms-purpose';

const ALGORITHMS: Readonly<Record<GcpKmsPurpose, string>> = {
  ENCRYPT_DECRYPT: 'GOOGLE_SYMMETRIC_ENCRYPTION',
  RAW_ENCRYPT_DECRYPT: 'AES_256_GCM',
  ASYMMETRIC_DECRYPT: 'RSA_DECRYPT_OAEP_2048_SHA256',
  ASYMMETRIC_SIGN: 'EC_SIGN_P256_SHA256',
  MAC: 'HMAC_SHA256',
};
const THIRTY_DAYS_S = 30 * 24 * 3600;

/** `google.cloud.kms.v1.CryptoKey`: only keys for encryption have a primary version. */
export function cryptoKeyMessage(key: GcpKmsDoubleKey): unknown {
  const { rotationPeriodSeconds: period } = key;
  return {
    name: key.name,
    ...(key.purpose === 'ENCRYPT_DECRYPT' ? { primary: cryptoKeyVersionMessage(key, key.primary) } : {}),
    purpose: key.purpose,
    createTime: timestamp(key.createdAt),
    ...(period === undefined
      ? {}
      : {
          rotationPeriod: { seconds: String(period) },
          nextRotationTime: timestamp(new Date(key.primary.createdAt.getTime() + period * 1000)),
        }),
    versionTemplate: { protectionLevel: key.protectionLevel, algorithm: ALGORITHMS[key.purpose] },
    destroyScheduledDuration: { seconds: String(THIRTY_DAYS_S) },
  };
}

/** `google.cloud.kms.v1.CryptoKeyVersion`. */
export function cryptoKeyVersionMessage(key: GcpKmsDoubleKey, version: GcpKmsDoubleKeyVersion): unknown {
  return {
    name: version.name,
    state: version.state,
    protectionLevel: key.protectionLevel,
    algorithm: ALGORITHMS[key.purpose],
    createTime: timestamp(version.createdAt),
    generateTime: timestamp(version.createdAt),
  };
}

function timestamp(date: Date): unknown {
  const ms = date.getTime();
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
