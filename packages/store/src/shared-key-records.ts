/** Most bytes of the record of one shared key: eight wrapped keys of the largest kind, and some. */
export const MAX_SHARED_KEY_BYTES = 64 * 1024;

/** What every request takes. */
export interface SharedKeyRequestOptions {
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
}

/** How much of a shared key is taken: payloads, and bytes of their plaintext. */
export interface SharedKeyPart {
  readonly messages: number;
  readonly bytes: number;
}

/** A shared key, as a store keeps it. */
export interface SharedKeyRecord {
  /** Number of the key within its ring. */
  readonly sequence: number;
  /** The key, wrapped, and what authenticates it. */
  readonly record: Uint8Array;
  /** How much of it all processes together have taken. */
  readonly taken: SharedKeyPart;
  /**
   * Age in milliseconds: the longest that the store's clock has ever shown, or that a process has measured
   * and said.
   */
  readonly ageMs: number;
}

/** Says who makes the next key of a ring. */
export interface SharedKeyClaim {
  readonly sequence: number;
  /** A name that is used once. */
  readonly claimant: string;
}

/** What a ring has. */
export interface SharedKeyState {
  /** The newest key. */
  readonly key: SharedKeyRecord | undefined;
  /** The claim to the key after it. */
  readonly claim: SharedKeyClaim | undefined;
}

/**
 * Data keys that processes share: for each ring, which is a name that processes agree on, one key after the
 * other. Every method may be repeated after an answer that was lost, and then says the same; but a part that
 * is taken twice is lost once. What the conformance suite is to hold:
 *
 * - of claims to one number at once, one is given, also where they stand in the place of the same other;
 * - a key that was published never changes, and one whose claim was taken over is not published;
 * - parts that are taken at once by many never exceed the bounds together, nor do they lose what is left;
 * - an age never goes back: by a clock that is set back, or by an age that is said to be less;
 * - rings do not see each other; of one ring the last few keys are kept, and older ones go.
 */
export interface SharedKeyRecords {
  /** @param ring at most 128 characters */
  find(ring: string, options?: SharedKeyRequestOptions): Promise<SharedKeyState>;

  /**
   * Takes a part of a key, in one step for all processes.
   *
   * @param most how much of it may be taken by all together
   * @param ageMs at least how old it is, by what the process has measured
   * @returns what is taken and its age now; `undefined` where so much is not left, or the key is not there
   */
  take(
    ring: string,
    sequence: number,
    part: SharedKeyPart,
    most: SharedKeyPart,
    ageMs: number,
    options?: SharedKeyRequestOptions,
  ): Promise<Omit<SharedKeyRecord, 'record'> | undefined>;

  /**
   * Claims to make a key.
   *
   * @param instead claimant whose claim is taken over; `undefined` where there is none
   * @returns whether the claim is the caller's
   */
  claim(
    ring: string,
    claim: SharedKeyClaim,
    instead: string | undefined,
    options?: SharedKeyRequestOptions,
  ): Promise<boolean>;

  /**
   * Puts a key in the place of the claim to it.
   *
   * @param taken how much of it the caller takes at once
   * @param ageMs how old it is already
   * @returns whether it is there: `false` where the claim was taken over
   */
  publish(
    ring: string,
    claim: SharedKeyClaim,
    key: Omit<SharedKeyRecord, 'sequence'>,
    options?: SharedKeyRequestOptions,
  ): Promise<boolean>;

  /** Gives up a claim. */
  release(ring: string, claim: SharedKeyClaim, options?: SharedKeyRequestOptions): Promise<void>;
}
