import {
  ConfigurationError,
  type Duration,
  Keyring,
  type KeyringContext,
  type KeyringSelector,
} from '@waxseal/core';
import { assertKnownOptions, countOf, durationMs } from '@waxseal/core/internal';
import type { Store } from '@waxseal/store';

/** Options of {@link SubjectKeys}. */
export interface SubjectKeysOptions {
  /** Where the keys of subjects are kept, sealed. */
  readonly store: Store;
  /** The keys of the application: for payloads of no subject, as `keyring` of an `EnvelopeCodec`. */
  readonly keyring: Keyring | KeyringSelector;
  /**
   * What seals the keys of subjects.
   *
   * @default `keyring`; needed where that is a function
   */
  readonly sealedBy?: Keyring | undefined;
  /**
   * Whose data a payload is, by the place that it is written for; `undefined` for nobody's. It is called on
   * encode, for payloads that are not marked by `forSubject`: it must be quick and must not be asynchronous.
   *
   * @default of nobody
   */
  readonly subjectOf?:
    ((place: Pick<KeyringContext, 'namespace' | 'workflowId'>) => string | undefined) | undefined;
  /**
   * How long payloads of a subject that was shredded still open in processes that have opened some before,
   * and new ones are still encrypted: a process asks the store again within that time. One half of it a
   * subject's key is kept in memory, the other half a data key that was unwrapped by it.
   *
   * @default '5m'
   */
  readonly forgetWithin?: Duration | undefined;
  /**
   * Subjects whose keys and keyrings are kept in memory at most. What is needed again is asked of the store
   * again. Where more are in use, raise `dataKeys.maxKeyrings` of the codec too.
   *
   * @default 2_000
   */
  readonly maxSubjects?: number | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'store',
  'keyring',
  'sealedBy',
  'subjectOf',
  'forgetWithin',
  'maxSubjects',
]);

/** {@link SubjectKeysOptions}, checked and with nothing left out. */
export interface SubjectKeysSettings {
  readonly store: Store;
  readonly keyring: Keyring | KeyringSelector;
  readonly sealedBy: Keyring;
  readonly subjectOf: NonNullable<SubjectKeysOptions['subjectOf']>;
  readonly forgetWithinMs: number;
  readonly maxSubjects: number;
}

/** @throws ConfigurationError that names the option which is missing, misspelt or of the wrong type */
export function subjectKeysSettings(options: SubjectKeysOptions): SubjectKeysSettings {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as SubjectKeysOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `SubjectKeys: ${JSON.stringify(name)}`);
  const { store, keyring, subjectOf = () => undefined } = given;
  if (typeof (store as Partial<Store> | null | undefined)?.keys?.create !== 'function') {
    throw new ConfigurationError('SubjectKeys: store must be a Store, such as new PostgresStore({ url }).');
  }
  if (!(keyring instanceof Keyring) && typeof keyring !== 'function') {
    throw new ConfigurationError('SubjectKeys: keyring must be a Keyring, or a function that gives one.');
  }
  const sealedBy = given['sealedBy'] ?? keyring;
  if (!(sealedBy instanceof Keyring)) {
    throw new ConfigurationError(
      'SubjectKeys: sealedBy must be the Keyring that seals the keys of subjects, since keyring is a function.',
    );
  }
  if (typeof subjectOf !== 'function') {
    throw new ConfigurationError(
      'SubjectKeys: subjectOf must be a function of a namespace and a workflow ID.',
    );
  }
  return {
    store: store as Store,
    keyring: keyring as Keyring | KeyringSelector,
    sealedBy,
    subjectOf: subjectOf as SubjectKeysSettings['subjectOf'],
    forgetWithinMs: durationMs('SubjectKeys: forgetWithin', options.forgetWithin ?? '5m', '1 day'),
    maxSubjects: countOf('SubjectKeys: maxSubjects', given['maxSubjects'] ?? 2_000, 1_000_000),
  };
}
