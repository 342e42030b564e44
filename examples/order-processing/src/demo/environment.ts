import type { Client } from '@temporalio/client';
import type { TemporalServer } from '@waxseal/bring-up';

/** What the demo runs against. */
export interface DemoEnvironment {
  readonly server: TemporalServer;
  readonly client: Client;
  /** Base URL of the Codec Server. */
  readonly codecUrl: string;
  /** ID of the primary key, as it is configured. */
  readonly keyId: string;
  /** All that the worker logged so far. */
  readonly log: () => string;
}
