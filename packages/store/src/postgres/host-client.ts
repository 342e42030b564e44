import { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import type { Row } from '../sql/database';
import { StoreError } from '../store-error';
import { cancelStatement } from './cancel-statement';
import { type ConnectionSettings, type PostgresHost, serverNameOf } from './connection-settings';

/** A host, and how often it was found to be of no use: connections of before are then not used again. */
export interface KnownHost extends PostgresHost {
  generation: number;
}

/** One connection, and where it leads. */
export class HostClient extends Client {
  readonly host_: KnownHost;
  readonly generation: number;
  readonly socket: Socket;
  /** Longest time of one statement, as the server was told last. */
  statementTimeoutMs = 0;
  #isNotDurable = false;

  constructor(config: ClientConfig, host: KnownHost) {
    const socket = new Socket();
    super({ ...config, host: host.host, port: host.port, stream: () => socket });
    this.host_ = host;
    this.generation = host.generation;
    this.socket = socket;
    this.on('notice', ({ routine }) => {
      // SyncRepWaitForLSN() of PostgreSQL's src/backend/replication/syncrep.c: the wait for a standby was
      // given up, by a timeout for one, and the statement is answered all the same as if it had succeeded.
      if (routine === 'SyncRepWaitForLSN') this.#isNotDurable = true;
    });
  }

  /** Asks the server to cancel what it does; the connection must not be used again. */
  cancelStatement(): void {
    const { processID: processId, secretKey } = this as unknown as Readonly<Record<string, unknown>>;
    if (typeof processId === 'number' && typeof secretKey === 'number') {
      cancelStatement(this.host_, { processId, secretKey });
    }
  }

  /** Forgets what was said of commits before. */
  begin(): void {
    this.#isNotDurable = false;
  }

  /** @throws StoreError where a commit since `begin` is not on all machines that it should be on */
  assertDurable(): void {
    if (this.#isNotDurable) throw new StoreError('not-durable');
  }
}

/** How one host is connected to: as libpq, without TLS where it is a folder of this machine. */
export function securedFor(host: string, ssl: ConnectionSettings['ssl']): ClientConfig['ssl'] {
  if (ssl === false || host.startsWith('/')) return false;
  const servername = serverNameOf(host);
  return { ...ssl, ...(servername === undefined ? {} : { servername }) };
}

/** Tells the server how long a statement may take. */
export async function setStatementTimeout(client: HostClient, ms: number): Promise<void> {
  await client.query(`SET statement_timeout TO ${String(ms)}`);
  client.statementTimeoutMs = ms;
}

/** Runs one statement. */
export async function queryOnce(
  client: HostClient,
  sql: string,
  values: readonly unknown[] | undefined,
): Promise<readonly Row[]> {
  const given = values?.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  );
  const { rows } = await (given === undefined ? client.query<Row>(sql) : client.query<Row>(sql, given));
  return rows;
}
