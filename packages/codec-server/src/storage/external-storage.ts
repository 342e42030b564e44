import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import type { Principal } from '../authorization/principal';
import { IN_CODE, isObject, options } from '../fields';

/** Fields of {@link ExternalStorageOptions}. */
export class ExternalStorageFields {
  /**
   * The drivers by name: the `ExternalStorage` of the workers' data converter. Their payloads are encoded
   * before they are stored, so what comes back is decoded like any other.
   */
  readonly storage = z.custom<{ getDriver(name: string): StorageReader | null }>(
    (storage) => isObject(storage) && typeof storage['getDriver'] === 'function',
    'must be the ExternalStorage of your data converter, with getDriver().',
  );

  /**
   * Whether a reference may be followed. A reference is what the client sends: nothing proves that a worker
   * of this namespace wrote it, and the storage opens to this server whatever it names. Check bucket and key.
   * Only `true` means yes; when it throws or rejects, the answer is 503.
   */
  readonly allows = z.custom<
    (
      reference: StorageReference,
      request: { readonly namespace: string | undefined; readonly principal: Principal | undefined },
    ) => boolean | Promise<boolean>
  >(
    (allows) => typeof allows === 'function',
    'must be a function that says which references of a namespace may be followed: without it whoever may decode could have this server fetch anything that it can reach there.',
  );
}

/** What {@link ExternalStorageOptions} are checked by. */
export const EXTERNAL_STORAGE = options(new ExternalStorageFields()).meta(IN_CODE);

/** Where `/download` and `/decode` find payloads that workers keep in external storage. */
export interface ExternalStorageOptions extends z.input<typeof EXTERNAL_STORAGE> {}

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
