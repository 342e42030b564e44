import type { Client } from '@temporalio/client';
import type { TemporalServer } from '@waxseal/bring-up';

/** What the demo runs against. */
export interface DemoEnvironment {
  readonly server: TemporalServer;
  readonly client: Client;
  /** Base URL of the Codec Server. */
  readonly codecUrl: string;
  /** The key's ID as the key-ring file has it. */
  readonly keyId: string;
  /** All that the worker logged so far. */
  readonly log: () => string;
}
