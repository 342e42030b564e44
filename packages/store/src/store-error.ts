import { RETRY_AFTER_FIX, type TemporalTraits, WaxsealError } from '@waxseal/core/internal';

/**
 * Why a store did not do what it was asked.
 *
 * | reason | meaning | retryable |
 * | --- | --- | --- |
 * | `denied` | the login was refused, or the role lacks a right | no |
 * | `schema` | a table is missing, or is not as this release needs it | no |
 * | `full` | it has no room left | yes |
 * | `throttled` | too many requests of this process wait already, or it takes no more connections | yes |
 * | `unavailable` | it could not be reached, takes no writes, or lost the connection | yes |
 * | `not-durable` | it has the data, but not on all machines that it should | yes |
 * | `timeout` | no answer within the deadline | yes |
 * | `unknown` | none of the above | yes |
 */
export type StoreErrorReason =
  'denied' | 'schema' | 'full' | 'throttled' | 'unavailable' | 'not-durable' | 'timeout' | 'unknown';

const FINAL: ReadonlySet<StoreErrorReason> = new Set(['denied', 'schema']);

const NEXT_STEP: Readonly<Record<StoreErrorReason, string>> = {
  denied: 'Check user and password of the store, and grant the role what docs/store.md lists.',
  schema: 'Run: waxseal store migrate',
  full: 'Give the database more room, or run: waxseal store gc',
  throttled: 'Retry later, or raise the limits of connections.',
  unavailable: 'Retry later, and check that a host of the store can be reached and takes writes.',
  'not-durable': 'Retry later, and check the standbys of the store.',
  timeout: 'Retry later, and check the latency of the store.',
  unknown: 'See the cause.',
};

const TRAITS: Readonly<Record<StoreErrorReason, TemporalTraits>> = {
  denied: { type: 'WaxsealStoreDenied', ...RETRY_AFTER_FIX },
  schema: { type: 'WaxsealStoreSchema', ...RETRY_AFTER_FIX },
  full: { type: 'WaxsealStoreFull', ...RETRY_AFTER_FIX },
  throttled: { type: 'WaxsealStoreThrottled', isFinal: false, nextRetryDelay: '10s' },
  unavailable: { type: 'WaxsealStoreUnavailable', isFinal: false, nextRetryDelay: '10s' },
  'not-durable': { type: 'WaxsealStoreNotDurable', isFinal: false, nextRetryDelay: '10s' },
  timeout: { type: 'WaxsealStoreTimeout', isFinal: false, nextRetryDelay: '10s' },
  unknown: { type: 'WaxsealStoreUnknown', isFinal: false, nextRetryDelay: '10s' },
};

/** A store did not do what it was asked. Nothing that it was given is in the message. */
export class StoreError extends WaxsealError {
  override readonly name = 'StoreError';
  readonly code = 'WAXSEAL_STORE';

  readonly reason: StoreErrorReason;
  /** The SQLSTATE that the database gave, where it gave one. */
  readonly sqlState: string | undefined;
  /** Whether the store was not asked, to hold a limit of this process. */
  readonly wasNotAsked: boolean;

  constructor(
    reason: StoreErrorReason,
    options: {
      readonly because?: string | undefined;
      readonly sqlState?: string | undefined;
      readonly wasNotAsked?: boolean | undefined;
    } = {},
  ) {
    const because = options.because === undefined ? '' : `${options.because} `;
    const state = options.sqlState === undefined ? '' : ` (SQLSTATE ${options.sqlState})`;
    // No cause: a database's errors quote the values that it was given.
    super(`The store: ${reason}${state}. ${because}${NEXT_STEP[reason]}`, !FINAL.has(reason), TRAITS[reason]);
    this.reason = reason;
    this.sqlState = options.sqlState;
    this.wasNotAsked = options.wasNotAsked === true;
  }
}
