import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The last line of a chain. Kept elsewhere, it tells whether the end of the file was cut off later. */
export interface AuditHead {
  /** ID of the chain: 16 hexadecimal digits, made at random when it begins. */
  readonly id: string;
  /** Number of the line in its chain, from 1 on. */
  readonly seq: number;
  /** Hash of the line, in hexadecimal. */
  readonly hash: string;
}

/** What {@link AuditChain} takes. */
export interface AuditChainOptions {
  /**
   * Secret of 32 bytes or more: lines carry an HMAC-SHA-256, which only those who have it can make. Default:
   * none, and lines carry a SHA-256, which whoever can write the file can compute anew for all of it.
   */
  readonly key?: Uint8Array;
  /** The line that stands before the first one. Default: there is none, or it could not be read. */
  readonly after?: AuditHead;
  /**
   * Bytes of a line that stand between the two and have no end, as after a crash. Default: there are none.
   */
  readonly cutOff?: Uint8Array;
}

const NO_HASH = '0'.repeat(64);
const ID_BYTES = 8;

/**
 * Links the lines of an audit log: each carries its number, the hash of the line before, and a hash of
 * itself. Not for two streams, nor for two processes.
 */
export class AuditChain {
  readonly id = randomBytes(ID_BYTES).toString('hex');
  readonly #key: Uint8Array | undefined;
  readonly #start: object;
  #seq = 0;
  #hash: string;

  constructor({ key, after, cutOff }: AuditChainOptions = {}) {
    this.#key = key;
    this.#hash = after?.hash ?? NO_HASH;
    const cut = cutOff === undefined ? null : auditLineHash(cutOff, undefined);
    this.#start = { after: after === undefined ? null : { id: after.id, seq: after.seq, cutOff: cut } };
  }

  /** The line that was made last; undefined before the first. */
  get head(): AuditHead | undefined {
    return this.#seq === 0 ? undefined : { id: this.id, seq: this.#seq, hash: this.#hash };
  }

  /**
   * The next line of the chain. Lines are to be written in the order in which they were made.
   *
   * @param line a JSON object with a field or more, without a line feed
   * @returns the same object with `chain` and, last of all, `hash` (`mac` with a key), without a line feed
   */
  seal(line: string): string {
    const seq = this.#seq + 1;
    const link = { id: this.id, seq, prev: this.#hash, ...(seq === 1 ? this.#start : {}) };
    const body = `${line.slice(0, -1)},"chain":${JSON.stringify(link)}`;
    this.#hash = auditLineHash(body, this.#key);
    this.#seq = seq;
    return `${body},"${this.#key === undefined ? 'hash' : 'mac'}":"${this.#hash}"}`;
  }
}

/**
 * Hash of a line, in hexadecimal.
 *
 * @param body the line without its last member, the hash: all that stands before `,"hash":` or `,"mac":`
 * @param key secret of the HMAC; SHA-256 where there is none
 */
export function auditLineHash(body: string | Uint8Array, key: Uint8Array | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(body).digest('hex');
}

/** What a line says of its place in a chain. Nothing of it is verified. */
export interface ChainedAuditLine extends AuditHead {
  /** Hash of the line before; 64 zeros where there is none. */
  readonly prev: string;
  /**
   * Only in the first line of a chain: the line that stood before, of another chain, and the SHA-256 of a
   * line without an end that stood between; null where nothing was read.
   */
  readonly after?: { readonly id: string; readonly seq: number; readonly cutOff: string | null } | null;
  /** Whether the hash is an HMAC. */
  readonly isKeyed: boolean;
  /** What the hash is of: {@link auditLineHash}. */
  readonly body: Uint8Array;
}

const HEX64 = '"([0-9a-f]{64})"';
const PLACE = '"id":"([0-9a-f]{16})","seq":([1-9][0-9]{0,14})';
const CUT_OFF = `"cutOff":(?:null|${HEX64})`;
const LINK = new RegExp(
  `,"chain":\\{${PLACE},"prev":${HEX64}(?:,"after":(null|\\{${PLACE},${CUT_OFF}\\}))?\\},"(hash|mac)":${HEX64}\\}$`,
);
/** A link has some 500 bytes at the most. */
const LINK_BYTES = 1024;

/**
 * Reads what a line says of its place in a chain.
 *
 * @param line without its line feed
 * @returns undefined where it has no place in one
 */
export function parseAuditLine(line: Buffer): ChainedAuditLine | undefined {
  const end = line.subarray(-LINK_BYTES).toString('latin1');
  const [, id, seq, prev, after, afterId, afterSeq, cutOff, kind, hash] = LINK.exec(end) ?? [];
  if (id === undefined || prev === undefined || hash === undefined || kind === undefined) return undefined;
  const place = afterId === undefined ? null : { id: afterId, seq: Number(afterSeq), cutOff: cutOff ?? null };
  const isKeyed = kind === 'mac';
  return {
    id,
    seq: Number(seq),
    prev,
    hash,
    isKeyed,
    ...(after === undefined ? {} : { after: place }),
    body: line.subarray(0, line.length - `,"${kind}":"${hash}"}`.length),
  };
}
