import type { KeyRecord, Store, TokenRecord } from '@waxseal/store';

/** What a `TokenCodec` asks of a store, in memory: records, and the keys that name them. */
export function memoryTokens(): Store {
  const records = new Map<string, Uint8Array>();
  const keys = new Map<string, KeyRecord>();
  return {
    kind: 'memory',
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
    tokens: {
      put: (given: readonly TokenRecord[]) => {
        for (const { token, bytes } of given) records.set(token, records.get(token) ?? new Uint8Array(bytes));
        return Promise.resolve();
      },
      get: (tokens: readonly string[]) => {
        const found = tokens.flatMap((token) => {
          const bytes = records.get(token);
          return bytes === undefined ? [] : [[token, new Uint8Array(bytes)] as const];
        });
        return Promise.resolve({ records: new Map(found), left: [] });
      },
    },
    keys: {
      get: (_kind: string, name: string) => Promise.resolve(keys.get(name)),
      create: (_kind: string, name: string, bytes: Uint8Array) => {
        const record = keys.get(name) ?? { name, bytes, createdAtMs: 0, removedAtMs: undefined };
        keys.set(name, record);
        return Promise.resolve(record);
      },
    },
  } as unknown as Store;
}
