import type { Payload } from '@temporalio/common';
import type { Principal } from '../auth/principal';
import type { StorageReference } from './storage-reference';

/** Where `/download` and `/decode` find payloads that workers keep in external storage. */
export interface ExternalStorageOptions {
  /**
   * The drivers by name: the `ExternalStorage` of the workers' data converter. Their payloads are encoded before they are stored,
   * so what comes back is decoded like any other.
   */
  readonly storage: {
    getDriver(name: string): StorageReader | null;
  };

  /**
   * Whether a reference may be followed. A reference is what the client sends: nothing proves that a worker of this namespace
   * wrote it, and the storage opens to this server whatever it names. Check bucket and key. Only `true` means yes; when it
   * throws or rejects, the answer is 503.
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
