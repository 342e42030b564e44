import type { Fault } from '../fault';
import type { KeyServiceName } from '../key-services/faulty-key-service';

/** What became of one fault with one key service. */
export interface Outcome {
  readonly fault: Fault;
  readonly service: KeyServiceName;
  /** The states that Workers were seen in. */
  readonly workerStates: readonly string[];
  readonly completed: number;
  readonly failed: number;
  /** Of one effect of one order: least and most. */
  readonly sideEffects: readonly [number, number];
  /** Confidential texts found. */
  readonly plaintext: number;
  /** From the end of the fault until the last workflow closed; 0 where all had closed before. */
  readonly recoveryMs: number;
  /** Requests that reached the key service, or would have. */
  readonly keyRequests: number;
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
}
