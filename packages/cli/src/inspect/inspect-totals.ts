import { ENCRYPTED } from '../scan/payload-format';
import { Usage } from '../scan/usage';
import type { Inspected } from './inspected';

/** How many payloads were found, and how they are encrypted. */
export interface TotalsJson {
  readonly payloads: number;
  readonly encrypted: number;
  /** Payloads that name an encoding of plaintext. */
  readonly plaintext: number;
  /** Envelopes that cannot be read. */
  readonly malformed: number;
  /** References to where payloads are kept: whether they are encrypted there cannot be told from here. */
  readonly elsewhere: number;
  /** What takes the place of a part of a failure that could not be encrypted. */
  readonly redacted: number;
  /** Plaintext in headers and in what SDKs note in markers: no codec sees it. */
  readonly besideCodecs: number;
  /** Failures whose message or stack stands in clear. Told in histories only. */
  readonly failuresInClear: number;
  /** Payloads that name a key, most first. A payload that several keys open is in each of them. */
  readonly byKey: readonly { readonly format: string; readonly key: string; readonly payloads: number }[];
  /** Plaintext by encoding, most first. */
  readonly byEncoding: readonly { readonly encoding: string; readonly payloads: number }[];
  /** Payloads whose key or encoding is not told apart, since there are more than a thousand. */
  readonly notToldApart: number;
}

/** Counts what is inspected. What it takes is bounded, however many payloads there are. */
export class InspectTotals {
  readonly #usage = new Usage();
  #payloads = 0;
  #besideCodecs = 0;
  #malformed = 0;
  #elsewhere = 0;
  #redacted = 0;
  #failuresInClear = 0;

  get payloads(): number {
    return this.#payloads;
  }

  get malformed(): number {
    return this.#malformed;
  }

  /** Payloads and failures in clear, or of which it cannot be told. */
  get notEncrypted(): number {
    const { plaintext } = this.toJSON();
    return plaintext + this.#malformed + this.#elsewhere + this.#failuresInClear;
  }

  get isEmpty(): boolean {
    return this.#payloads === 0 && this.#failuresInClear === 0;
  }

  failureInClear(): void {
    this.#failuresInClear += 1;
  }

  add({ format, keys = [], encoding = '', kind = 'details' }: Inspected, isBesideCodecs: boolean): void {
    this.#payloads += 1;
    if (isBesideCodecs && format === 'plaintext') this.#besideCodecs += 1;
    else if (format === 'malformed') this.#malformed += 1;
    else if (format === 'elsewhere') this.#elsewhere += 1;
    else if (format === 'redacted') this.#redacted += 1;
    else {
      const isEncrypted = ENCRYPTED.has(format);
      const names = isEncrypted ? keys : [encoding === '' ? '(no encoding)' : encoding.slice(0, 100)];
      this.#usage.count(format, names, kind, undefined, isEncrypted);
    }
  }

  toJSON(): TotalsJson {
    const { payloads, encrypted, uses, notToldApart } = this.#usage;
    const sorted = [...uses].sort((a, b) => b.payloads - a.payloads);
    return {
      payloads: this.#payloads,
      encrypted,
      plaintext: payloads - encrypted,
      malformed: this.#malformed,
      elsewhere: this.#elsewhere,
      redacted: this.#redacted,
      besideCodecs: this.#besideCodecs,
      failuresInClear: this.#failuresInClear,
      byKey: sorted
        .filter(({ format }) => ENCRYPTED.has(format))
        .map(({ format, name, payloads }) => ({ format, key: name, payloads })),
      byEncoding: sorted
        .filter(({ format }) => !ENCRYPTED.has(format))
        .map(({ name, payloads }) => ({ encoding: name, payloads })),
      notToldApart,
    };
  }
}
