import { readFile, rm } from 'node:fs/promises';
import { TokenFilter } from '@waxseal/claim-check';
import { ConfigurationError } from '@waxseal/core';
import { replaceFile, StateFile } from '../keys/state-file';
import type { StoredState } from '../scan/scan-state';

/** How far a collection has come. */
export interface CollectionState {
  readonly stateVersion: 'collection 1';
  readonly namespace: string;
  /** What the records belong to, in hexadecimal: other stores have others. */
  readonly scopes: readonly string[];
  readonly collection: number;
  /** How long has been waited since it began: less than what has passed, where a process was ended. */
  readonly waitedMs: number;
  /** A scan that has begun. */
  readonly scan?: CollectionScan;
}

/** How far the scan of a collection has come. */
export interface CollectionScan {
  /** Of the filter that has the tokens of what was read, in hexadecimal. */
  readonly salt: string;
  readonly untold: number;
  readonly state: StoredState;
}

/** How often the state is written at most: the filter beside it has 64 MiB. */
const EVERY_MS = 10_000;
const SALT_BYTES = 16;

/**
 * Keeps how far a collection has come in a file, and the tokens that it found to be needed in another one
 * beside it, so that one that is killed goes on. One collection at a time has it.
 */
export class CollectionFile {
  readonly #file: StateFile<CollectionState>;
  readonly #tokens: string;

  private constructor(file: StateFile<CollectionState>, path: string) {
    this.#file = file;
    this.#tokens = `${path}.tokens`;
  }

  /** @throws ConfigurationError when another process has it, or the folder cannot be written */
  static async open(path: string): Promise<CollectionFile> {
    const options = { version: 'collection 1', everyMs: EVERY_MS } as const;
    return new CollectionFile(await StateFile.open<CollectionState>(path, options), path);
  }

  /** @throws ConfigurationError when it cannot be read */
  read(): Promise<CollectionState | undefined> {
    return this.#file.read();
  }

  /**
   * The tokens that a scan has found so far.
   *
   * @throws ConfigurationError where the file beside is not of this scan
   */
  async readTokens({ salt }: CollectionScan): Promise<TokenFilter> {
    let bytes: Buffer | undefined;
    try {
      bytes = await readFile(this.#tokens);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw this.#wrong(error);
    }
    if (bytes === undefined || saltOf(bytes) !== salt || bytes.length <= SALT_BYTES) throw this.#wrong();
    return TokenFilter.fromBytes(bytes);
  }

  #wrong(cause?: unknown): ConfigurationError {
    return new ConfigurationError(
      `--state: ${this.#tokens} is not what the collection has written that is to go on. Delete both files to begin anew.`,
      { cause },
    );
  }

  /**
   * Keeps how far it has come. The tokens are written before the state: they may be of more than it tells,
   * and never of less.
   *
   * @param state makes it, where it is written
   * @param isDue whether it is written however short ago it was
   */
  async write(
    state: () => Omit<CollectionState, 'stateVersion' | 'scan'>,
    scan: (() => Omit<CollectionScan, 'salt'> & { readonly filter: TokenFilter }) | undefined,
    isDue: boolean,
  ): Promise<void> {
    const whole = async (): Promise<CollectionState> => {
      const base = { stateVersion: 'collection 1', ...state() } as const;
      if (scan === undefined) return base;
      const { filter, ...others } = scan();
      const bytes = filter.toBytes();
      await replaceFile(this.#tokens, bytes);
      return { ...base, scan: { salt: saltOf(bytes), ...others } };
    };
    await this.#file.write(whole, isDue);
  }

  /** Removes both files: the next collection begins anew. */
  async remove(): Promise<void> {
    await this.#file.remove();
    await rm(this.#tokens, { force: true });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function saltOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, SALT_BYTES)).toString('hex');
}
