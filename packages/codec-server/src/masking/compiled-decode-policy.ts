import type { Payload } from '@temporalio/common';

/** A decode policy that has been checked, ready to be applied. */
export interface CompiledDecodePolicy {
  /** `denied` is to be refused before anything is decrypted; `apply` hides everything then. */
  readonly kind: 'full' | 'mask' | 'denied';

  /**
   * Shows of decoded payloads what the policy allows. It never throws, and nothing that it cannot mask is passed on.
   *
   * @param payloads plaintext, which stays unchanged
   * @returns as many payloads in the same order; with `full` the ones given, else new ones
   */
  apply(payloads: readonly Payload[]): Payload[];
}
