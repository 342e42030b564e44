import type { Store } from '@waxseal/store';
import type { ConformanceSubject } from './run-case';

/** How long a store may take, in milliseconds. */
export interface StoreDeadlines {
  /** For one attempt. */
  readonly attemptMs: number;
  /** For a request with all its attempts. */
  readonly totalMs: number;
}

/**
 * One case's own surroundings: a database with the tables of a store, and hooks that change its state or the
 * way to it. A case opens a harness, runs and closes it; what a hook did must not outlive the harness.
 *
 * Cases name their records at random and look at no others, so that a database may be shared.
 *
 * A hook that is missing must be named in the subject's `without`, with the reason.
 */
export interface StoreHarness {
  /** Strings that no error and no `inspect` may show, such as passwords. 8 characters or more each. */
  readonly secrets: readonly string[];

  /**
   * A new store object for the database, with the rights of an application. Must not ask the database. The
   * harness closes it. An embedded store, of which there is one only, gives that one each time.
   */
  store(deadlines?: StoreDeadlines): Store | Promise<Store>;
  /** A new store object for a database without tables. */
  emptyStore?(): Store | Promise<Store>;

  /** Makes the database unreachable from now on: connections are lost, and new ones are refused. */
  disconnect?(): void | Promise<void>;
  /** Makes it reachable again after `disconnect`. */
  reconnect?(): void | Promise<void>;
  /** Holds each answer back this long from now on. */
  delay?(ms: number): void | Promise<void>;
  /** Cuts all connections that are there, once. */
  cut?(): void | Promise<void>;
  /** Takes the machine away that takes writes; another, which has all that was acknowledged, takes over. */
  failover?(): void | Promise<void>;
  /** Takes a machine away that must have what is acknowledged, so that nothing can be. */
  loseQuorum?(): void | Promise<void>;
  /** Leaves the database no room to write. */
  fill?(): void | Promise<void>;
  /** Leaves store objects that are made from now on the rights of a reader. */
  denyWrites?(): void | Promise<void>;

  /** Frees what the harness holds. Called once, also after a failure. */
  close(): void | Promise<void>;
}

/**
 * What a harness can do to a database, or what the store itself can do.
 *
 * | capability | given by |
 * | --- | --- |
 * | `emptyStore`, `disconnect`, `reconnect`, `delay`, `cut`, `failover`, `fill` | the hook of that name |
 * | `loseQuorum`, `denyWrites` | the hook of the harness of that name |
 * | `separateStores` | the store: several objects at once for one database, each closed on its own |
 * | `largestRecords` | the store: takes records of 64 MiB on the machine of the test |
 */
export type StoreCapability =
  | 'emptyStore'
  | 'disconnect'
  | 'reconnect'
  | 'delay'
  | 'cut'
  | 'failover'
  | 'loseQuorum'
  | 'fill'
  | 'denyWrites'
  | 'separateStores'
  | 'largestRecords';

/**
 * A store, as the suite is given it: shown in titles by its `name`, such as `PostgresStore`. What it or the
 * harness cannot do stands in `without`, each with the reason: cases that need it are reported as not run.
 * `open` makes a harness.
 */
export type StoreSubject = ConformanceSubject<StoreHarness, StoreCapability>;
