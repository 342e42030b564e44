/** A way to make bytes smaller, as the codecs need it. All bytes that are given stay the caller's. */
export interface CompressionFormat {
  /** `metadata.encoding` of payloads. */
  readonly encoding: string;
  /** Its codec, for messages. */
  readonly codecName: string;
  readonly levels: {
    readonly least: number;
    readonly most: number;
    readonly fallback: number;
    /** The level that does not compress; `undefined` where there is none. */
    readonly store: number | undefined;
  };

  /** Compresses at once, on the event loop. */
  compressSync(bytes: Uint8Array, level: number): Uint8Array;
  /** Compresses in a thread. */
  compress(bytes: Uint8Array, level: number): Promise<Uint8Array>;

  /**
   * Most bytes that data can be decompressed to.
   *
   * @throws CompressionError where their structure is damaged, as far as it is looked at
   */
  mostOutput(data: Uint8Array): number;
  /**
   * Decompresses at once, on the event loop.
   *
   * @param most bytes; no more are ever made
   * @throws what `node:zlib` throws, and CompressionError
   */
  decompressSync(data: Uint8Array, most: number): Uint8Array;
  /** Decompresses in a thread; otherwise as {@link decompressSync}. */
  decompress(data: Uint8Array, most: number): Promise<Uint8Array>;

  /** Whether compressed data can be filled up by so many bytes. */
  canFill(bytes: number): boolean;
  /** Compressed data that are so many bytes longer, and are decompressed to the same. */
  fill(data: Uint8Array, bytes: number): Uint8Array;
}

/** What `node:zlib` gives with `info: true`: the output, and what has read the input. */
export interface WithEngine {
  readonly buffer: Uint8Array;
  /** `bytesWritten` into it are those of the input that it has taken. */
  readonly engine: { readonly bytesWritten: number };
}

/** Size of the pieces that a thread makes at a time, in bytes. */
export const PIECE_BYTES = 128 * 1024;

/** A function of `node:zlib` with a callback, as one with a promise. */
export function promised<T>(run: (done: (error: Error | null, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
