import { randomBytes, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Payload, SerializationContext } from '@temporalio/common';
import { CleanUp, startPostgres } from '@waxseal/bring-up';
import { TokenCodec } from '@waxseal/claim-check';
import { PostgresStore } from '@waxseal/store';
import { jsonPayload } from '@waxseal/test-support';
import { Pool } from 'pg';
import { envelopeCodec } from './writers';

/** What look-ups cost among so many rows. Each figure is a median over rounds, side by side. */
export interface RowsReport {
  readonly rows: number;
  /** 99th percentile of a look-up by the store, to that of a bare statement by primary key. */
  readonly p99Ratio: number;
  /** Tokens decoded in a second, to rows that the bare driver reads. */
  readonly decodeRatio: number;
  /** Payloads encoded in a second, to rows that the bare driver writes. */
  readonly encodeRatio: number;
  readonly bareMs: number;
  readonly storeMs: number;
  readonly decodedPerSecond: number;
  readonly encodedPerSecond: number;
}

const TOKENS = 2_000;
const ROUNDS = 7;
const LOOK_UPS = 4_000;
/** Callers at once, where times are measured; as many as there are connections. */
const CONCURRENCY = 8;
/** Callers at once at peak demand, where the throughput is measured. */
const PEAK = 64;
const PER_STATEMENT = 100_000;
const RECORD_BYTES = 480;

/** Looks tokens up among ever more rows, beside the bare driver. */
export async function measureRows(
  sizes: readonly number[],
  onSize: (report: RowsReport) => void,
): Promise<void> {
  const cleanUp = new CleanUp();
  try {
    const server = await startPostgres({ settings: { shared_buffers: '1GB', max_wal_size: '8GB' } });
    cleanUp.add(() => server.stop());
    const store = new PostgresStore({ url: server.url });
    cleanUp.add(() => store.close());
    await store.migrate();
    const pool = new Pool({ connectionString: server.url, max: CONCURRENCY });
    cleanUp.add(() => pool.end());
    const codec = new TokenCodec({ store, codec: envelopeCodec(randomBytes(32)), cache: false });
    const context: SerializationContext = { type: 'workflow', namespace: 'rows', workflowId: 'rows' };
    const encoded: Payload[] = [];
    for (let index = 0; index < TOKENS; index += 100) {
      const values = Array.from({ length: 100 }, () =>
        jsonPayload({ id: randomUUID(), card: 'x'.repeat(100) }),
      );
      encoded.push(...(await codec.encode(values, context)));
    }
    for (const size of sizes) {
      for (let rows = await countOf(pool); rows < size; rows += PER_STATEMENT) {
        await pool.query(
          `INSERT INTO waxseal.token (token, scope, put_during, record)
           SELECT gen_random_uuid(), '\\x00', 0, decode(repeat(md5(random()::text), $2), 'hex')
           FROM generate_series(1, $1)`,
          [Math.min(PER_STATEMENT, size - rows), RECORD_BYTES / 16],
        );
      }
      await pool.query('VACUUM ANALYZE waxseal.token');
      onSize(await measureOne(await countOf(pool), { store, pool, codec, encoded, context }));
    }
  } finally {
    await cleanUp.run();
  }
}

async function countOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM waxseal.token');
  return Number(rows[0]?.count);
}

interface Bench {
  readonly store: PostgresStore;
  readonly pool: Pool;
  readonly codec: TokenCodec;
  readonly encoded: readonly Payload[];
  readonly context: SerializationContext;
}

async function measureOne(
  rows: number,
  { store, pool, codec, encoded, context }: Bench,
): Promise<RowsReport> {
  const tokens = encoded.map(({ data }) =>
    Buffer.from(data ?? [])
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  );
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
  const record = randomBytes(RECORD_BYTES);
  const scope = Buffer.alloc(16);
  const ways = {
    bareRead: (index: number) =>
      pool.query('SELECT record FROM waxseal.token WHERE token = $1', [at(tokens, index)]),
    storeRead: (index: number) => store.tokens.get([at(tokens, index)]),
    decode: (index: number) => codec.decode([at(encoded, index)], context),
    bareWrite: () =>
      pool.query(
        'INSERT INTO waxseal.token (token, scope, put_during, record) VALUES ($1, $2, 0, $3) ON CONFLICT (token) DO UPDATE SET put_during = 0',
        [randomUUID(), scope, record],
      ),
    encode: () => codec.encode([jsonPayload({ id: randomUUID(), card: 'x'.repeat(100) })], context),
  };
  type Way = keyof typeof ways;
  const quiet: Record<Way, Round[]> = { bareRead: [], storeRead: [], decode: [], bareWrite: [], encode: [] };
  const peak: Record<Way, Round[]> = { bareRead: [], storeRead: [], decode: [], bareWrite: [], encode: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    // Side by side, and each first in turn, so that what else the machine does meets all of them.
    const names = Object.keys(ways) as Way[];
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      const [one, other] = [await runRound(ways[name], CONCURRENCY), await runRound(ways[name], PEAK)];
      // The first one warms up.
      if (round === 0) continue;
      quiet[name].push(one);
      peak[name].push(other);
    }
  }
  const p99 = (name: Way): number => medianOf(quiet[name].map(({ p99Ms }) => p99Ms));
  const perSecond = (name: Way): number => medianOf(peak[name].map((one) => one.perSecond));
  return {
    rows,
    p99Ratio: p99('storeRead') / p99('bareRead'),
    decodeRatio: perSecond('decode') / perSecond('bareRead'),
    encodeRatio: perSecond('encode') / perSecond('bareWrite'),
    bareMs: p99('bareRead'),
    storeMs: p99('storeRead'),
    decodedPerSecond: perSecond('decode'),
    encodedPerSecond: perSecond('encode'),
  };
}

interface Round {
  readonly p99Ms: number;
  readonly perSecond: number;
}

async function runRound(ask: (index: number) => Promise<unknown>, lanes: number): Promise<Round> {
  const times: number[] = [];
  let next = 0;
  const startedMs = performance.now();
  const lane = async (): Promise<void> => {
    while (next < LOOK_UPS) {
      const index = next++;
      const beganMs = performance.now();
      await ask(index);
      times.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - startedMs) / 1000;
  times.sort((a, b) => a - b);
  return { p99Ms: times[Math.floor(times.length * 0.99)] ?? 0, perSecond: LOOK_UPS / seconds };
}

function medianOf(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
