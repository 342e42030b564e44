import type { KeyId, KeyRequestPolicy } from '@waxseal/core';

import type { GcpKmsClient } from './gcp-kms-client';

/** Options of a `GcpKmsKey`. */
export interface GcpKmsKeyOptions {
  /**
   * The application's own `KeyManagementServiceClient`, with its credentials and endpoint. Its deadline of ten minutes and its
   * retries do not apply here: `request` says how long and how often the service is asked.
   */
  readonly client: GcpKmsClient;
  /**
   * A symmetric encryption key: `projects/…/locations/…/keyRings/…/cryptoKeys/…`, without a version. The version that the
   * service answers is what is recorded in payloads.
   */
  readonly keyName: string;
  /** Name that is recorded in payloads instead of the key's resource name, followed by `/cryptoKeyVersions/<number>`. */
  readonly id?: KeyId | undefined;
  /** Deadlines and attempts of one wrap or unwrap. */
  readonly request?: KeyRequestPolicy | undefined;
}
