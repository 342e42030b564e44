import type { AuditRecord, AuditSink } from './audit';
import { RateLimiter } from './rate-limiter';
import { notify } from '@waxseal/core/internal';

/** Some 40 MB a day at the most, however many requests come. */
const RECORDS_PER_SECOND = 1;
const BURST = 60;
const SUM_MS = 10_000;

/**
 * Refusals of requests whose sender is not known: anybody who reaches the server can cause as many as he
 * likes. The first of them have a record each. Those that come faster than one a second are summed up by
 * their reason, in one record every ten seconds.
 */
export class RefusalSums {
  readonly #sink: AuditSink;
  readonly #onError: (error: unknown, sum: AuditRecord) => void;
  readonly #rate = new RateLimiter(RECORDS_PER_SECOND, BURST);
  /** By reason; there are as many as the server has codes. */
  readonly #sums = new Map<string, AuditRecord>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onError told when a sum could not be recorded; it is kept, and tried again */
  constructor(sink: AuditSink, onError: (error: unknown, sum: AuditRecord) => void) {
    this.#sink = sink;
    this.#onError = onError;
  }

  /** @returns whether it was added to a sum; otherwise it is to be recorded by itself */
  add(record: AuditRecord): boolean {
    if (this.#rate.tryTake('') === 0) return false;
    this.#keep(record);
    return true;
  }

  /** Records what was summed up so far. Never rejects. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const sums = [...this.#sums.values()];
    this.#sums.clear();
    await Promise.all(
      sums.map(async (sum) => {
        try {
          await this.#sink(sum);
        } catch (error) {
          this.#keep(sum);
          notify(() => {
            this.#onError(error, sum);
          });
        }
      }),
    );
  }

  #keep(record: AuditRecord): void {
    const key = `${String(record.status)} ${record.reason ?? ''}`;
    const before = this.#sums.get(key)?.requests ?? 0;
    this.#sums.set(key, { ...record, requests: before + record.requests });
    this.#timer ??= setTimeout(() => void this.write(), SUM_MS).unref();
  }
}
