import { auditLineHash, parseAuditLine, type AuditHead, type ChainedAuditLine } from '@waxseal/codec-server';
import { ConfigurationError } from '@waxseal/core';
import { Findings } from './findings';
import { Misplaced } from './misplaced';
import type { LineAt } from './read-lines';

/** How lines are verified. */
export interface VerifyOptions {
  /** Secrets that lines may be signed with. */
  readonly keys: readonly Uint8Array[];
  /** Lines that were the last ones at some time, and so must be there. */
  readonly expected: readonly AuditHead[];
  /** Whether lines in no chain, unsigned ones, and a chain whose first lines are elsewhere are breaks. */
  readonly isStrict: boolean;
  /**
   * Whether the lines were collected from standard output: text may stand between them, and each start of the
   * server begins a chain that cannot name what stands before.
   */
  readonly isFromLog: boolean;
}

/** A chain as far as it was read. */
export interface ChainState {
  readonly id: string;
  /** Number of the first line that was found. */
  readonly first: number;
  /** Number of the last one, and its hash. */
  seq: number;
  hash: string;
  /** Lines that are as they were written. */
  lines: number;
}

const MAX_CHAINS = 100_000;

/** Finds out line by line whether the chains of an audit log are whole. */
export class ChainVerifier {
  readonly findings = new Findings();
  readonly chains = new Map<string, ChainState>();
  /** Lines with a plain hash in front of the first that is signed, where there is a key. */
  notSigned = 0;
  readonly #options: VerifyOptions;
  readonly #misplaced: Misplaced;
  readonly #expected: Map<string, AuditHead>;
  #isSigned = false;
  #areTwoWriters = false;
  /** The chain of the line before. */
  #current: string | undefined;
  #file: string | undefined;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#misplaced = new Misplaced(this.findings, options.isFromLog);
    this.#expected = new Map(options.expected.map((head) => [placeOf(head), head]));
  }

  /** Lines that are in no chain, in front of the first that is. */
  get notChained(): number {
    return this.#misplaced.notChained;
  }

  /**
   * Takes the next line.
   *
   * @returns whether it is in a chain, and as it was written
   * @throws ConfigurationError when it is signed and no key is given, or there are too many chains
   */
  add(at: LineAt): boolean {
    const isFirstOfFile = at.file !== this.#file;
    this.#file = at.file;
    const link = at.state === 'whole' ? parseAuditLine(at.bytes) : undefined;
    if (link === undefined) {
      this.#misplaced.addStranger(at, false);
      return false;
    }
    if (!this.#isGenuine(link)) {
      this.findings.add('altered', at, `line ${String(link.seq)} of chain ${link.id} is not what was hashed`);
      this.#misplaced.addStranger(at, true);
      return false;
    }
    this.#noteSigning(link, at);
    this.#compare(link, at);
    const chain = this.chains.get(link.id);
    if (chain === undefined) this.#begin(link, at, isFirstOfFile);
    else this.#goOn(chain, link, at);
    this.#current = link.id;
    return true;
  }

  /** To be called once, after the last line. */
  end(): void {
    this.#misplaced.end();
    for (const { id, seq } of this.#expected.values()) {
      const known = this.chains.get(id);
      const where = known === undefined ? 'none of it is here' : `the last one here is ${String(known.seq)}`;
      this.findings.add('cut off', undefined, `line ${String(seq)} of chain ${id} is expected, and ${where}`);
    }
    const { notChained, notSigned } = this;
    const isUnsigned = this.#options.keys.length > 0 && !this.#isSigned && this.#file !== undefined;
    if (isUnsigned) this.findings.add('not signed', undefined, 'none of the lines is');
    if (!this.#options.isStrict) return;
    if (notChained > 0) this.findings.add('not chained', undefined, `${String(notChained)} lines`);
    if (notSigned > 0 && !isUnsigned)
      this.findings.add('not signed', undefined, `${String(notSigned)} lines`);
  }

  #isGenuine({ body, hash, isKeyed }: ChainedAuditLine): boolean {
    const { keys } = this.#options;
    if (!isKeyed) return auditLineHash(body, undefined) === hash;
    if (keys.length === 0) {
      throw new ConfigurationError('The lines are signed. Give --audit-key-file <file> with the key.');
    }
    return keys.some((key) => auditLineHash(body, key) === hash);
  }

  #noteSigning({ isKeyed }: ChainedAuditLine, at: LineAt): void {
    if (isKeyed) this.#isSigned = true;
    else if (this.#isSigned) this.findings.add('not signed', at, 'lines in front of it are');
    else if (this.#options.keys.length > 0) this.notSigned += 1;
  }

  #compare(link: ChainedAuditLine, at: LineAt): void {
    const expected = this.#expected.get(placeOf(link));
    if (expected === undefined) return;
    this.#expected.delete(placeOf(link));
    if (expected.hash !== link.hash) {
      this.findings.add(
        'altered',
        at,
        'its hash is not the expected one: the chain was made anew up to here',
      );
    }
  }

  #begin(link: ChainedAuditLine, at: LineAt, isFirstOfFile: boolean): void {
    const { id, seq, hash } = link;
    const isFirst = this.chains.size === 0;
    if (this.chains.size >= MAX_CHAINS) {
      throw new ConfigurationError(`There are more than ${String(MAX_CHAINS)} chains. Verify fewer files.`);
    }
    if (seq === 1) this.#follow(link, at, isFirst);
    else if ((isFirst && isFirstOfFile) || this.#options.isFromLog) {
      const kind = this.#options.isStrict ? 'removed' : 'note';
      this.findings.add(kind, at, `it is line ${String(seq)} of chain ${id}; those before are not here`);
      this.#misplaced.came(id, 1, 0, at);
    } else this.#misplaced.came(id, 1, seq - 1, at);
    this.chains.set(id, { id, first: seq, seq, hash, lines: 1 });
  }

  /** Looks at what a chain that begins says of the line before. */
  #follow({ id, after, prev }: ChainedAuditLine, at: LineAt, isFirst: boolean): void {
    const cutOff = after?.cutOff;
    if (cutOff != null) {
      const piece = this.#misplaced.takeCutOff((bytes) => auditLineHash(bytes, undefined) === cutOff);
      if (piece !== undefined) {
        this.findings.add(
          'note',
          piece,
          'the line was cut off when the server stopped; its request was not answered',
        );
      } else if (!isFirst) {
        this.findings.add('altered', at, 'the line in front of it was cut off, and is not as it was then');
      }
    }
    const before = after == null ? undefined : this.chains.get(after.id);
    if (before === undefined || after == null) {
      this.#misplaced.came(id, 1, 0, at);
      if (after != null) {
        const kind = isFirst && !this.#options.isStrict ? 'note' : 'removed';
        const what = `${String(after.seq)} of chain ${after.id}`;
        this.findings.add(kind, at, `it was written after line ${what}, which is not here`);
      } else if (!isFirst && !this.#options.isFromLog) {
        this.findings.add('restarted', at, 'a chain begins that does not name what stands before it');
      }
      return;
    }
    this.#misplaced.came(before.id, before.seq + 1, after.seq, at);
    if (before.seq > after.seq) this.#noteTwoWriters(at);
    else if (before.seq === after.seq && before.hash !== prev) {
      this.findings.add('altered', at, 'the line in front of it was made anew');
    }
  }

  #goOn(chain: ChainState, { seq, prev, hash }: ChainedAuditLine, at: LineAt): void {
    chain.lines += 1;
    const wasMissing = this.#misplaced.fill(chain.id, seq) || seq < chain.first;
    if (wasMissing || seq <= chain.seq) {
      this.#misplaced.came(chain.id, 1, 0, at);
      const what = `it is line ${String(seq)} of chain ${chain.id}`;
      if (wasMissing) this.findings.add('reordered', at, what);
      else this.findings.add('inserted', at, `${what}, which was there already`);
      if (seq > chain.seq) Object.assign(chain, { seq, hash });
      return;
    }
    this.#misplaced.came(chain.id, chain.seq + 1, seq - 1, at);
    if (seq === chain.seq + 1 && prev !== chain.hash) {
      this.findings.add('altered', at, 'the line in front of it was made anew');
    }
    if (this.#current !== chain.id) this.#noteTwoWriters(at);
    chain.seq = seq;
    chain.hash = hash;
  }

  #noteTwoWriters(at: LineAt): void {
    if (this.#areTwoWriters || this.#options.isFromLog) return;
    this.#areTwoWriters = true;
    this.findings.add('note', at, 'two processes wrote to the same file; give each a file of its own');
  }
}

function placeOf({ id, seq }: { readonly id: string; readonly seq: number }): string {
  return `${id}:${String(seq)}`;
}
