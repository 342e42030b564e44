/** Bytes in padded base64. */
export type Base64 = string;

/** `temporal.api.common.v1.Payload`, with bytes in base64. */
export interface VectorPayload {
  readonly metadata: Readonly<Record<string, Base64>>;
  readonly data: Base64;
  /** Only where the payload has any. `sizeBytes` is a decimal number. */
  readonly externalPayloads?: readonly { readonly sizeBytes: string }[];
}

/** What the reader knows and is told to do. An absent field is not known, or not switched on. */
export interface VectorReader {
  readonly namespace?: string;
  readonly workflowId?: string;
  /** Former names of namespaces, by current name. */
  readonly namespaceAliases?: Readonly<Record<string, readonly string[]>>;
  readonly requireEncryption?: boolean;
}

/** What the vectors of both kinds have in common. */
export interface Vector {
  readonly description: string;
  /** The local keys that the reader has: key ID → 32 bytes. */
  readonly keys: Readonly<Record<string, Base64>>;
  readonly reader: VectorReader;
  readonly outer: VectorPayload;
}

/** An envelope that must open. */
export interface ValidVector extends Vector {
  /** What a writer is given, where it is not what stands in the header. */
  readonly writer?: { readonly context: readonly (readonly [key: string, value: string])[] };
  readonly expected: {
    readonly header: {
      readonly version: number;
      readonly suite: number;
      readonly salt: Base64;
      readonly commitment: Base64;
      readonly context: readonly (readonly [key: string, value: string])[];
      readonly wrappedKeys: readonly { readonly keyId: string; readonly bytes: Base64 }[];
    };
    readonly dataKey: Base64;
    readonly contentKey: Base64;
    readonly plaintext: Base64;
    readonly inner: VectorPayload;
  };
}

/** A payload that is no envelope, and is handed on. */
export interface PassedOnVector extends Vector {
  readonly expected: {
    readonly inner: VectorPayload;
    /** Part of a failure in whose place a decoder may give a payload that is readable. */
    readonly readable?: 'attributes' | 'details';
  };
}

/** A payload with one defect, which must be rejected. */
export interface InvalidVector extends Vector {
  readonly expected: {
    readonly code: string;
    /** False where the defect shows before a key service is asked, and none may be. */
    readonly keyServiceAsked: boolean;
  };
}
