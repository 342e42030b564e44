// The thread in which a `PgliteStore` keeps its database.
import { parentPort, workerData } from 'node:worker_threads';
import { CLOSE, type PgliteAnswer, type PgliteRequest } from './pglite-store';

const { directory } = workerData as { readonly directory: string | undefined };

async function run(): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create(directory ?? 'memory://');
  parentPort?.on('message', ({ id, sql, values }: PgliteRequest) => {
    const answered =
      sql === CLOSE
        ? database.close().then(() => [])
        : database.query<PgliteAnswer['rows']>(sql, [...values]).then(({ rows }) => rows);
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
