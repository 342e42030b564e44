/** One version of a local key in a key-ring file. */
export interface LocalKeyVersion {
  /** When it was made: ISO 8601 in UTC. */
  readonly createdAt: string;
  /** 32 bytes in base64. */
  readonly material: string;
}

/** A key of a key-ring file, with its versions. */
export interface LocalKeyringEntry {
  /** The version that wraps. */
  readonly primaryVersion: number;
  readonly versions: Readonly<Record<string, LocalKeyVersion>>;
}

/** A key-ring file (docs/spec/local-key.md §2). It holds key material: never log it. */
export interface LocalKeyring {
  readonly format: typeof LOCAL_KEYRING_FORMAT;
  /** Name of the key that is meant where none is named. */
  readonly primary: string;
  readonly keys: Readonly<Record<string, LocalKeyringEntry>>;
}

/** `format` of a key-ring file. */
export const LOCAL_KEYRING_FORMAT = 'waxseal-local-keyring/v1';
