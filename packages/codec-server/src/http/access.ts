import type { CompiledDecodePolicy } from '../masking/decode-policy';

/** What a request that may go on sees of decoded payloads. */
export interface Access {
  /** Shows what may be seen. Its kind is never `denied`. */
  readonly policy: Pick<CompiledDecodePolicy, 'kind' | 'apply'>;
  /** The configured names of what it is made of, `full` among them; none where no policy is named. */
  readonly policyNames: readonly string[];
}
