import type { KeyringEntry } from '@waxseal/core';

import type { Check } from './check';

/** What was found about one key. */
export interface KeyReport {
  /** ID of the key as it is configured. */
  readonly id: string;
  readonly role: KeyringEntry['role'];
  /** Namespaces whose keyring holds it; empty where there is one keyring for all. */
  readonly namespaces: readonly string[];
  /** Key ID that a payload would record; `undefined` where nothing was wrapped. */
  readonly recordedAs: string | undefined;
  /** Milliseconds. */
  readonly wrapMs: number | undefined;
  readonly unwrapMs: number | undefined;
  readonly checks: readonly Check[];
}

/** What `waxseal doctor --json` prints. */
export interface DoctorReport {
  /** Whether no check failed. */
  readonly ok: boolean;
  readonly version: string;
  /** The configuration file; `null` where there is none. */
  readonly config: string | null;
  /** ISO 8601, by this machine's clock. */
  readonly time: string;
  readonly runtime: readonly Check[];
  readonly keys: readonly KeyReport[];
  /** The way to Temporal; only with `--temporal`. */
  readonly temporal?: readonly Check[];
}
