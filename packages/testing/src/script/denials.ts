/** Rights that were taken away, for some keys or for every key. */
export class Denials<Right> {
  readonly #denied = new Map<Right, ReadonlySet<string> | 'every key'>();

  /** @param names of the keys; none means every key */
  deny(right: Right, names: readonly string[]): void {
    this.#denied.set(right, names.length === 0 ? 'every key' : new Set(names));
  }

  /** Takes back {@link Denials.deny}. */
  allow(right: Right): void {
    this.#denied.delete(right);
  }

  isDenied(right: Right, name: string): boolean {
    const denied = this.#denied.get(right);
    return denied === 'every key' || denied?.has(name) === true;
  }

  clear(): void {
    this.#denied.clear();
  }
}
