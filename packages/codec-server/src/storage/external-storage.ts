import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import type { Principal } from '../authorization/principal';
import { asObject, isObject } from '../fields';

/** Where `/download` and `/decode` find payloads that workers keep in external storage. */
export interface ExternalStorageOptions {
  /**
   * The drivers by name: the `ExternalStorage` of the workers' data converter. Their payloads are encoded
   * before they are stored, so what comes back is decoded like any other.
   */
  readonly storage: {
    getDriver(name: string): StorageReader | null;
  };

  /**
   * Whether a reference may be followed. A reference is what the client sends: nothing proves that a worker
   * of this namespace wrote it, and the storage opens to this server whatever it names. Check bucket and key.
   * Only `true` means yes; when it throws or rejects, the answer is 503.
   */
  readonly allows: (
    reference: StorageReference,
    request: { readonly namespace: string | undefined; readonly principal: Principal | undefined },
  ) => boolean | Promise<boolean>;
}

/** What is used of a `StorageDriver` of Temporal's SDK. */
export interface StorageReader {
  retrieve(
    context: { readonly abortSignal?: AbortSignal },
    claims: { readonly claimData: Record<string, string> }[],
  ): Promise<Payload[]>;
}

/**
 * What a payload says that stands for one in external storage
 * (`temporal.api.sdk.v1.ExternalStorageReference`).
 */
export interface StorageReference {
  readonly driverName: string;
  /** How the driver finds the payload, such as bucket and key. */
  readonly claimData: Readonly<Record<string, string>>;
}

const FIELDS: ReadonlySet<string> = new Set<keyof ExternalStorageOptions>(['storage', 'allows']);

/** @throws ConfigurationError that names the field */
export function resolveExternalStorage(
  value: ExternalStorageOptions | undefined,
): ExternalStorageOptions | undefined {
  if (value === undefined) return undefined;
  const { storage, allows } = asObject(value, 'externalStorage', FIELDS);
  if (!isObject(storage) || typeof storage['getDriver'] !== 'function') {
    throw new ConfigurationError(
      'externalStorage.storage must be the ExternalStorage of your data converter, with getDriver().',
    );
  }
  if (typeof allows !== 'function') {
    throw new ConfigurationError(
      'externalStorage.allows must be a function that says which references of a namespace may be followed: without it whoever may decode could have this server fetch anything that it can reach there.',
    );
  }
  return value;
}
