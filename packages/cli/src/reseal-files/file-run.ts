import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigurationError } from '@waxseal/core';
import { choose, isNamed, type Choice, type Chosen } from '../reseal/choose';
import type { Resealed, Sealer } from '../reseal/sealer';
import { compareFiles } from './compare-files';
import { NewFile } from './new-file';
import type { PayloadSpans, Span } from './payload-spans';
import { attempt, SourceFile } from './source-file';

/** How a file is sealed anew. */
export interface ResealFileOptions extends Pick<Choice, 'from'> {
  readonly dryRun: boolean;
  /** Where the file with the new payloads is written; `undefined` for the place of the file itself. */
  readonly target: string | undefined;
  readonly onRead: (bytes: number) => void;
}

/** What came of a file. */
export interface FileOutcome {
  readonly result: 'resealed' | 'to be resealed' | 'copied' | 'nothing to do' | 'failed';
  /** How many payloads were sealed anew, or would be, by keys. */
  readonly payloads: readonly KeyChange[];
  /** How many stay as they are though they were asked for. */
  readonly leftCount: number;
  /** The first of them. */
  readonly left: readonly LeftInFile[];
  /** Why it failed. */
  readonly because?: string;
}

/** Payloads that went from keys to others. */
export interface KeyChange {
  readonly from: readonly string[];
  readonly to: readonly string[];
  count: number;
}

/** A payload that stays as it is though it was asked for. */
export interface LeftInFile {
  readonly field: string;
  readonly names: readonly string[];
  readonly because: string;
}

const MOST_LEFT = 20;
const LONGEST_FIELD = 300;
/** Payloads that are with the codecs at a time: so many, or of so many bytes. */
const AT_ONCE = 32;
const BYTES_AT_ONCE = 16 * 1024 * 1024;

/** One pass through a file, and what comes of it. */
export class FileRun {
  readonly #source: SourceFile;
  readonly #sealer: Sealer;
  readonly #options: ResealFileOptions;
  readonly #changes = new Map<string, KeyChange>();
  readonly #left: LeftInFile[] = [];
  #leftCount = 0;
  #count = 0;
  #file: NewFile | undefined;
  /** How much of the source has been taken over. */
  #done = 0;

  constructor(source: SourceFile, sealer: Sealer, options: ResealFileOptions) {
    this.#source = source;
    this.#sealer = sealer;
    this.#options = options;
  }

  outcome(result: 'resealed' | 'to be resealed', staysAsItIs: boolean): FileOutcome {
    const without = staysAsItIs ? 'nothing to do' : 'copied';
    return {
      result: this.#count === 0 ? without : result,
      payloads: [...this.#changes.values()],
      leftCount: this.#leftCount,
      left: this.#left,
    };
  }

  async seal(target: string): Promise<void> {
    const { dryRun, target: output } = this.#options;
    try {
      await this.#sealAll(target);
      // Another folder gets all files, the unchanged ones too.
      if (dryRun || (this.#count === 0 && output === undefined)) return;
      const file = await this.#newFile(target);
      await this.#copyTo(this.#source.bytes);
      await file.finish(this.#source, output === undefined);
      await this.#verify(file);
      await this.#source.assertUnchanged();
      if (output === undefined) await file.replace();
      else await file.takePlace();
      this.#file = undefined;
    } finally {
      await this.#file?.discard();
    }
  }

  async #sealAll(target: string): Promise<void> {
    let batch: PayloadSpans[] = [];
    let bytes = 0;
    const take = async (): Promise<void> => {
      const resealed = await Promise.all(batch.map((spans) => this.#one(spans)));
      for (const [index, each] of resealed.entries()) {
        const spans = batch[index];
        if (each !== undefined && spans !== undefined) await this.#put(target, spans, each);
      }
      batch = [];
      bytes = 0;
    };
    for await (const spans of this.#source.payloads(this.#options.onRead)) {
      batch.push(spans);
      bytes += lengthOf(spans.data);
      if (batch.length >= AT_ONCE || bytes >= BYTES_AT_ONCE) await take();
    }
    await take();
  }

  /** @returns `undefined` where it stays as it is */
  async #one(spans: PayloadSpans): Promise<Resealed | undefined> {
    const payload = await this.#source.payload(spans);
    if (payload === undefined || typeof payload === 'string') {
      if (payload !== undefined) this.#leave(spans, [], payload);
      return undefined;
    }
    const { from } = this.#options;
    const chosen = (current: readonly string[]): Chosen =>
      choose(payload, 'details', { from, plaintext: false }, current);
    const { fate, names } = chosen([]);
    if (fate === 'foreign') this.#leave(spans, names, 'it is encrypted by another codec, or cannot be read');
    if (fate !== 'reseal') return undefined;
    try {
      const current = await this.#sealer.currentKeysFor(payload);
      if (from !== undefined && current.some((keyId) => isNamed(keyId, from))) {
        this.#leave(spans, names, 'the configuration seals under this key here');
        return undefined;
      }
      if (chosen(current).fate !== 'reseal') return undefined;
      const resealed = await this.#sealer.resealAsRecorded(payload);
      this.#changed(names, resealed.names);
      return resealed;
    } catch (error) {
      this.#leave(spans, names, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #changed(from: readonly string[], to: readonly string[]): void {
    this.#count += 1;
    const key = JSON.stringify([from, to]);
    const known = this.#changes.get(key) ?? { from, to, count: 0 };
    known.count += 1;
    this.#changes.set(key, known);
  }

  #leave(spans: PayloadSpans, names: readonly string[], because: string): void {
    this.#leftCount += 1;
    if (this.#left.length >= MOST_LEFT) return;
    this.#left.push({ field: spans.field().slice(0, LONGEST_FIELD), names, because });
  }

  async #put(target: string, { metadata, data }: PayloadSpans, { sealed }: Resealed): Promise<void> {
    if (this.#options.dryRun) return;
    const file = await this.#newFile(target);
    const values: [Span | undefined, Uint8Array | null | undefined][] = [
      [metadata.get('encryption-key-id'), sealed.metadata?.['encryption-key-id']],
      [data, sealed.data],
    ];
    for (const [span, value] of values.sort(([a], [b]) => (a?.start ?? 0) - (b?.start ?? 0))) {
      if (span === undefined || !value) throw new Error('An envelope lacks its key ID or its data.');
      await this.#copyTo(span.start);
      await file.write(Buffer.from(JSON.stringify(Buffer.from(value).toString('base64'))));
      this.#done = span.end;
    }
  }

  async #copyTo(end: number): Promise<void> {
    for await (const piece of this.#source.pieces({ start: this.#done, end })) await this.#file?.write(piece);
    this.#done = end;
  }

  async #newFile(target: string): Promise<NewFile> {
    if (this.#file === undefined) {
      if (this.#options.target !== undefined) {
        await attempt('written', () => mkdir(dirname(target), { recursive: true, mode: 0o700 }));
      }
      this.#file = await NewFile.create(target);
    }
    return this.#file;
  }

  /** @throws ConfigurationError where what was written is not what was meant */
  async #verify({ path }: NewFile): Promise<void> {
    const written = await SourceFile.open(path);
    try {
      const changed = await compareFiles(this.#source, written, this.#sealer);
      if (changed !== this.#count) {
        throw new ConfigurationError(
          `${String(this.#count)} payloads were written, and ${String(changed)} read back`,
        );
      }
    } finally {
      await written.close();
    }
  }
}

function lengthOf(span: Span | undefined): number {
  return span === undefined ? 0 : span.end - span.start;
}
