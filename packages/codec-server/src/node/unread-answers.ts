import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Longest time for an answer to be taken. Node's own limit begins anew with each byte. */
const ANSWER_MS = 30_000;
const SWEEP_MS = 1_000;

/** Ends connections whose clients do not take their answers. One timer looks after all of them. */
export class UnreadAnswers {
  readonly #sent = new Map<ServerResponse, { readonly socket: Socket; readonly endsAtMs: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param answer is about to be sent */
  add(answer: ServerResponse, socket: Socket): void {
    this.#sent.set(answer, { socket, endsAtMs: performance.now() + ANSWER_MS });
    answer.once('close', () => this.#sent.delete(answer));
    this.#timer ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_MS).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const { socket, endsAtMs } of this.#sent.values()) if (endsAtMs <= now) socket.destroy();
    if (this.#sent.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
