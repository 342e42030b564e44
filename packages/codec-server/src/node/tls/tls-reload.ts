import type { ConfigurationError } from '@waxseal/core';

/** What came of looking at the files of a TLS certificate after they changed. */
export interface TlsReload {
  /** End of the validity of the certificate that new connections get. */
  readonly notAfter: Date;

  /** Why what stands in the files is not used, and the earlier certificate still is. Undefined where it is in use now. */
  readonly error: ConfigurationError | undefined;
}
