import type { KeyVaultKey } from '@azure/keyvault-keys';
import { keyStateOf } from './exchange';

/** What was learnt is believed for so long: a key may be enabled again. */
const BELIEVED_MS = 60_000;
/** Versions are named by payloads: no more than these are remembered. */
const MAX_VERSIONS = 32;

/**
 * Versions that the service said are not in use, in answers about the key or to an unwrap.
 *
 * Azure is reported to wrap under a disabled key and to refuse only to unwrap
 * (https://github.com/Azure/azure-sdk-for-python/issues/45342): payloads would be written that nobody can
 * read.
 */
export class UnusableVersions {
  readonly #untilMs = new Map<string, { readonly state: string; readonly untilMs: number }>();

  /** Learns from an answer to `Get Key`. */
  learn(version: string | undefined, answer: KeyVaultKey): void {
    if (version === undefined) return;
    const state = keyStateOf(answer, new Date());
    if (state === 'Enabled') this.#untilMs.delete(version);
    else this.add(version, state);
  }

  /** The service refused to use that version. */
  add(version: string, state = 'Disabled'): void {
    this.#untilMs.delete(version);
    this.#untilMs.set(version, { state, untilMs: performance.now() + BELIEVED_MS });
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_VERSIONS && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** The service used that version. */
  remove(version: string): void {
    this.#untilMs.delete(version);
  }

  /** The state that a version was last in; `undefined` where nothing says that it is not in use. */
  stateOf(version: string): string | undefined {
    const known = this.#untilMs.get(version);
    if (known === undefined || performance.now() < known.untilMs) return known?.state;
    this.#untilMs.delete(version);
    return undefined;
  }
}
