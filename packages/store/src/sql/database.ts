/** One row of an answer, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Runs one statement.
 *
 * @param values of `$1` and so on: texts, whole numbers, bytes, arrays of texts, `null`
 */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** A database that speaks PostgreSQL's SQL, without a deadline, a repetition or a limit of its own. */
export interface Database {
  /** Kind of store, such as `postgres`. */
  readonly kind: string;
  /**
   * Runs `work` with one connection to a host that takes writes, and gives it back.
   *
   * @param signal when it is aborted, the connection is dropped
   * @param longMs longest time of one statement, where the usual one is too short, in milliseconds
   * @throws StoreError that says what an error of the database means
   */
  connect<T>(work: (query: Query) => Promise<T>, signal: AbortSignal, longMs?: number): Promise<T>;
  /** Ends all connections. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Runs `work` in one transaction.
 *
 * @param query of one connection
 */
export async function inTransaction<T>(query: Query, work: (query: Query) => Promise<T>): Promise<T> {
  await query('BEGIN ISOLATION LEVEL READ COMMITTED');
  let result: T;
  try {
    result = await work(query);
  } catch (error) {
    // Where the connection is gone, so is the transaction.
    await query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await query('COMMIT');
  return result;
}

/** Bytes of a column, in a buffer of their own. */
export function bytesOf(value: unknown): Uint8Array {
  return new Uint8Array(value as Uint8Array);
}

/** A whole number of a column: databases give large ones as texts or as bigints. */
export function numberOf(value: unknown): number {
  return Number(value);
}
