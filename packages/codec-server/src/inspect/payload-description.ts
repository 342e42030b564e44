/** What a payload says of itself in clear. Nothing in it is verified. */
export interface PayloadDescription {
  /** The payload's encoding; undefined when only its data was given. */
  readonly encoding?: string;
  /** ID of the key that it names in its metadata, whatever its encoding. */
  readonly keyId?: string;
  /** Size of the payload's data. */
  readonly dataBytes: number;
  /** The envelope, when the payload is one. */
  readonly envelope?: EnvelopeDescription;
  /** What is wrong with the envelope. */
  readonly defect?: string;
}

/** The readable part of an envelope. */
export interface EnvelopeDescription {
  readonly version: number;
  readonly suite: number;
  /** The first belongs to `encryption-key-id`; its ID is undefined when only the data was given. */
  readonly wrappedKeys: readonly { readonly keyId?: string; readonly bytes: number }[];
  readonly context: Readonly<Record<string, string>>;
  readonly headerBytes: number;
  readonly ciphertextBytes: number;
}
