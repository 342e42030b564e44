import type { Access } from './access';

/** A request that may go on. */
export interface Admission {
  /** Left open only by decoding without authentication. */
  readonly namespace: string | undefined;
  readonly access: Access;
}
