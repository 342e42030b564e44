import type { Payload } from '@temporalio/common';
import { EnvelopeCodec, isWaxsealError } from '@waxseal/core';
import type { SubjectKeys } from '@waxseal/subjects';

const CONTENT = 'waxseal subjects shred: this opens while the subject is known';

/**
 * A payload of a subject that only a proof is made with: it opens before the subject is shredded, and is to
 * be opened after, each time with nothing in memory.
 */
export class Canary {
  readonly #subjects: SubjectKeys;
  readonly #sealed: Payload;

  private constructor(subjects: SubjectKeys, sealed: Payload) {
    this.#subjects = subjects;
    this.#sealed = sealed;
  }

  /**
   * Makes one, and opens it.
   *
   * @throws what encoding and decoding throw; an error also where it does not open
   */
  static async make(subjects: SubjectKeys, keyId: string): Promise<Canary> {
    const own = subjects.fresh();
    const codec = new EnvelopeCodec({ keyring: own.keyringFor(keyId), binding: 'none' });
    try {
      const content: Payload = {
        metadata: { encoding: Buffer.from('json/plain') },
        data: Buffer.from(JSON.stringify(CONTENT)),
      };
      const [sealed = {}] = await codec.encode([content]);
      const canary = new Canary(subjects, sealed);
      if ((await canary.tryToOpen()) !== 'opens') throw new Error('A payload of the subject does not open.');
      return canary;
    } finally {
      codec.close();
      own.close();
    }
  }

  /**
   * Opens it as a process does that has just begun.
   *
   * @returns `shredded` where it does not open for the reason that it should
   * @throws what else decoding throws
   */
  async tryToOpen(): Promise<'opens' | 'shredded'> {
    const own = this.#subjects.fresh();
    const codec = new EnvelopeCodec({ keyring: own.keyring, binding: 'none' });
    try {
      const [opened] = await codec.decode([this.#sealed]);
      if (Buffer.from(opened?.data ?? []).toString() !== JSON.stringify(CONTENT)) {
        throw new Error('A payload of the subject opened as another one.');
      }
      return 'opens';
    } catch (error) {
      if (isWaxsealError(error) && error.code === 'WAXSEAL_SUBJECT_SHREDDED') return 'shredded';
      throw error;
    } finally {
      codec.close();
      own.close();
    }
  }
}
