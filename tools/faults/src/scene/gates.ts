/** A gate that is shut. */
interface Gate {
  waiting: number;
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** Places in activities at which they can be made to wait, by name: `before charge`, `after ship`. */
export class Gates {
  readonly #shut = new Map<string, Gate>();

  /** Makes everybody wait who comes to `place`. */
  shut(place: string): void {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#shut.set(place, { waiting: 0, opened, open });
  }

  /** Lets everybody pass. */
  open(place: string): void {
    this.#shut.get(place)?.open();
    this.#shut.delete(place);
  }

  /** How many wait at `place`. */
  waiting(place: string): number {
    return this.#shut.get(place)?.waiting ?? 0;
  }

  /** Waits while the gate at `place` is shut. */
  async pass(place: string): Promise<void> {
    const gate = this.#shut.get(place);
    if (gate === undefined) return;
    gate.waiting += 1;
    await gate.opened;
  }
}
