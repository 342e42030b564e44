/**
 * Lets nothing run beside the first work.
 *
 * The SDK's authentication policy keeps the body of a client's first request back until the service's challenge came. A second
 * request in that time ends the state in which the body is put back, and the first is then sent without one.
 */
export class FirstAlone {
  #first: Promise<void> | undefined;

  /**
   * @param signal ends the waiting; of the first work also the waiting of all others
   * @throws what `work` throws, or the signal's reason
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#first !== undefined) {
      await this.#first;
      signal.throwIfAborted();
      return work();
    }
    const started = work();
    this.#first = new Promise((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle);
        resolve();
      };
      started.then(settle, settle);
      signal.addEventListener('abort', settle);
    });
    return started;
  }
}
