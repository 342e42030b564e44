// The thread in which a `PgliteStore` keeps its database.
import { parentPort, workerData } from 'node:worker_threads';
import type { QueryOptions } from '@electric-sql/pglite';
import { CLOSE, type PgliteAnswer, type PgliteRequest } from './pglite-store';

/** The type of bytes: `bytea` of PostgreSQL's src/include/catalog/pg_type.dat. */
const BYTES_TYPE = 17;

/** PGlite's own way with bytes takes a second for each megabyte. */
const OPTIONS: QueryOptions = {
  serializers: {
    [BYTES_TYPE]: (bytes: Uint8Array) =>
      `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`,
  },
  parsers: { [BYTES_TYPE]: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')) },
};

const { directory } = workerData as { readonly directory: string | undefined };

async function run(): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create(directory ?? 'memory://');
  parentPort?.on('message', ({ id, sql, values }: PgliteRequest) => {
    const answered =
      sql === CLOSE
        ? database.close().then(() => [])
        : database.query<PgliteAnswer['rows']>(sql, [...values], OPTIONS).then(({ rows }) => rows);
    answered.then(
      (rows) => {
        tell({ id, rows: rows as PgliteAnswer['rows'] & object });
      },
      (error: unknown) => {
        tell({ id, error: toldOf(error) });
      },
    );
  });
  tell({ id: 0 });
}

function tell(answer: PgliteAnswer): void {
  parentPort?.postMessage(answer);
}

function toldOf(error: unknown): NonNullable<PgliteAnswer['error']> {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { code, message: String(message) };
}

run().catch((error: unknown) => {
  tell({ id: 0, error: toldOf(error) });
});
