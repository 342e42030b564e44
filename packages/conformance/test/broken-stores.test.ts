import { randomBytes } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { type KeyKind, type KeyRecord, StoreError, type TokenRecord } from '@waxseal/store';

import { runStoreCase, storeCases } from '../src';
import {
  type KeptKey,
  type KeptRecord,
  type ModelDatabase,
  modelStoreSubject,
} from './support/model-database';
import { ModelSharedKeys } from './support/model-shared-keys';
import { ModelKeys, ModelStore, ModelTokens } from './support/model-store';

type Put = Parameters<ModelTokens['put']>;
type Get = Parameters<ModelTokens['get']>;

function withTokens(Tokens: typeof ModelTokens): typeof ModelStore {
  return class extends ModelStore {
    protected override tokensOf(...link: ConstructorParameters<typeof ModelTokens>): ModelTokens {
      return new Tokens(...link);
    }
  };
}

function withKeys(Keys: typeof ModelKeys): typeof ModelStore {
  return class extends ModelStore {
    protected override keysOf(...link: ConstructorParameters<typeof ModelKeys>): ModelKeys {
      return new Keys(...link);
    }
  };
}

function withSharedKeys(SharedKeys: typeof ModelSharedKeys): typeof ModelStore {
  return class extends ModelStore {
    protected override sharedKeysOf(...link: ConstructorParameters<typeof ModelSharedKeys>): ModelSharedKeys {
      return new SharedKeys(...link);
    }
  };
}

/** Tokens whose every write is followed by something. */
function afterWrites(also: (database: ModelDatabase) => void): typeof ModelStore {
  return withTokens(
    class extends ModelTokens {
      protected override write<T>(options: Put[1], work: (database: ModelDatabase) => T): Promise<T> {
        return super.write(options, (database) => {
          const result = work(database);
          also(database);
          return result;
        });
      }
    },
  );
}

/** Stores that break one rule, and the case that must see it. */
const BROKEN: readonly (readonly [string, string, typeof ModelStore])[] = [
  [
    'gives more of a shared key than there is',
    'never gives more of a key than there is, nor less',
    withSharedKeys(
      class extends ModelSharedKeys {
        protected override fits(): boolean {
          return true;
        }
      },
    ),
  ],
  [
    'lets a shared key become younger',
    'makes no key younger',
    withSharedKeys(
      class extends ModelSharedKeys {
        protected override ageOf(): number {
          return 5_000;
        }
      },
    ),
  ],
  [
    'keeps shared keys for ever',
    'keeps the newest keys of a ring, and drops old ones',
    withSharedKeys(
      class extends ModelSharedKeys {
        protected override forget(): void {
          return;
        }
      },
    ),
  ],
  [
    'drops the shared key before the newest',
    'keeps the newest keys of a ring, and drops old ones',
    withSharedKeys(
      class extends ModelSharedKeys {
        protected override forget(database: ModelDatabase, ring: string, before: number): void {
          super.forget(database, ring, before + 4);
        }
      },
    ),
  ],
  [
    'sees the shared keys of all rings as one',
    'gives a shared key as it was published, in its ring alone',
    withSharedKeys(
      class extends ModelSharedKeys {
        override find(): ReturnType<ModelSharedKeys['find']> {
          return super.find('all');
        }
        override claim(...[, ...rest]: Parameters<ModelSharedKeys['claim']>): Promise<boolean> {
          return super.claim('all', ...rest);
        }
        override publish(...[, ...rest]: Parameters<ModelSharedKeys['publish']>): Promise<boolean> {
          return super.publish('all', ...rest);
        }
      },
    ),
  ],
  [
    'gives each claim to a shared key',
    'gives one of many claims at once',
    withSharedKeys(
      class extends ModelSharedKeys {
        override async claim(...claim: Parameters<ModelSharedKeys['claim']>): Promise<boolean> {
          await super.claim(...claim);
          return true;
        }
      },
    ),
  ],
  [
    'publishes what nobody has claimed',
    'publishes no key whose claim is not there, and changes none',
    withSharedKeys(
      class extends ModelSharedKeys {
        override async publish(...publish: Parameters<ModelSharedKeys['publish']>): Promise<boolean> {
          const [ring, claim] = publish;
          await super.claim(ring, claim, undefined);
          return super.publish(...publish);
        }
      },
    ),
  ],
  [
    'refuses a claim to a shared key that is repeated',
    'says of a claim that is repeated the same',
    withSharedKeys(
      class extends ModelSharedKeys {
        readonly #seen = new Set<string>();
        override async claim(...claim: Parameters<ModelSharedKeys['claim']>): Promise<boolean> {
          if (this.#seen.has(claim[1].claimant)) return false;
          this.#seen.add(claim[1].claimant);
          return super.claim(...claim);
        }
      },
    ),
  ],
  [
    'takes the last record of a token',
    'keeps the record that is there',
    withTokens(
      class extends ModelTokens {
        override async put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          await super.put(records, options);
          for (const { token, bytes } of records) {
            const { records: found } = await super.get([token]);
            await super.replace(token, found.get(token) ?? bytes, bytes);
          }
        }
      },
    ),
  ],
  [
    'takes the last record of a token in an array',
    'keeps the first of several records',
    withTokens(
      class extends ModelTokens {
        override put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          return super.put([...records].reverse(), options);
        }
      },
    ),
  ],
  [
    'keeps a part of a large array',
    'takes an array that one statement may not hold',
    withTokens(
      class extends ModelTokens {
        override put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          return super.put(records.slice(0, 1_000), options);
        }
      },
    ),
  ],
  [
    'keeps the small records of an array that it refuses',
    'refuses a record that is too large',
    withTokens(
      class extends ModelTokens {
        override async put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          await super.put(records.slice(0, 1), options);
          await super.put(records, options);
        }
      },
    ),
  ],
  [
    'gives all that it is asked for',
    'gives a bounded answer',
    withTokens(
      class extends ModelTokens {
        override async get(...given: Get): ReturnType<ModelTokens['get']> {
          const { records, left } = await super.get(...given);
          if (left.length === 0) return { records, left };
          return { records: new Map([...records, ...(await this.get(left)).records]), left: [] };
        }
      },
    ),
  ],
  [
    'has no answer for a large record',
    'gives a record that is larger than an answer',
    withTokens(
      class extends ModelTokens {
        override async get(...given: Get): ReturnType<ModelTokens['get']> {
          const { records, left } = await super.get(...given);
          const large = [...records].filter(([, bytes]) => bytes.length > 16 * 1024 * 1024);
          for (const [token] of large) (records as Map<string, Uint8Array>).delete(token);
          return { records, left: [...left, ...large.map(([token]) => token)] };
        }
      },
    ),
  ],
  [
    'names tokens in another form',
    'gives each record once for tokens that are named twice',
    withTokens(
      class extends ModelTokens {
        override async get(...given: Get): ReturnType<ModelTokens['get']> {
          const { records, left } = await super.get(...given);
          return {
            records: new Map([...records].map(([token, bytes]) => [token.toUpperCase(), bytes])),
            left,
          };
        }
      },
    ),
  ],
  [
    'gives a record of another token',
    'gives no record for a token',
    withTokens(
      class extends ModelTokens {
        override async get(...given: Get): ReturnType<ModelTokens['get']> {
          const { records, left } = await super.get(...given);
          return {
            records: new Map([...records, ['00000000-0000-4000-8000-000000000000', randomBytes(1)]]),
            left,
          };
        }
      },
    ),
  ],
  [
    'gives two collections one number',
    'gives each collection a greater number',
    withTokens(
      class extends ModelTokens {
        override beginCollection(): Promise<number> {
          return this.read(undefined, (database) => (database.collection ||= 1));
        }
      },
    ),
  ],
  [
    'lists what was put since',
    'lists what was put before a collection',
    withTokens(
      class extends ModelTokens {
        override listBefore(
          ...[collection, ...rest]: Parameters<ModelTokens['listBefore']>
        ): ReturnType<ModelTokens['listBefore']> {
          return super.listBefore(collection + 1, ...rest);
        }
      },
    ),
  ],
  [
    'keeps the age of what is put again',
    'begins the age of a record anew',
    afterWrites(({ records }) => {
      for (const kept of records.values()) kept.putDuring = 0;
    }),
  ],
  [
    'lists all scopes',
    'lists one scope in the order of tokens',
    withTokens(
      class extends ModelTokens {
        override async listBefore(
          ...[, , after, limit]: Parameters<ModelTokens['listBefore']>
        ): ReturnType<ModelTokens['listBefore']> {
          const page = await super.list(after, limit);
          return page.map(({ token, bytes }) => ({ token, sizeBytes: bytes.length, markedBy: undefined }));
        }
      },
    ),
  ],
  [
    'forgets the first mark',
    'keeps the mark of the first collection',
    withTokens(
      class extends ModelTokens {
        override async mark(...given: Parameters<ModelTokens['mark']>): Promise<void> {
          await super.mark(given[0], { unneeded: [], needed: given[1].unneeded });
          await super.mark(...given);
        }
      },
    ),
  ],
  ...['takes a mark off when the record is put or got', 'removes nothing that was put, got or needed'].map(
    (name) =>
      [
        'keeps the mark of what is put',
        name,
        withTokens(
          class extends ModelTokens {
            override put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
              return this.write(options, (database) => {
                for (const { token, scope, bytes } of records) {
                  const kept = database.records.get(token);
                  if (kept !== undefined) continue;
                  database.records.set(token, { scope, bytes, putDuring: 0, markedBy: undefined });
                }
              });
            }
            override get(tokens: readonly string[]): ReturnType<ModelTokens['get']> {
              return this.read(undefined, (database) => ({
                records: new Map(
                  tokens.flatMap((token) => {
                    const bytes = database.records.get(token)?.bytes;
                    return bytes === undefined ? [] : [[token, bytes.slice()] as const];
                  }),
                ),
                left: [],
              }));
            }
          },
        ),
      ] as const,
  ),
  [
    'removes what it marked just now',
    'removes nothing in the collection that marks it',
    withTokens(
      class extends ModelTokens {
        protected override isRemovable({ markedBy }: KeptRecord): boolean {
          return markedBy !== undefined;
        }
      },
    ),
  ],
  [
    'removes what has no mark',
    'removes what an earlier collection has marked',
    withTokens(
      class extends ModelTokens {
        protected override isRemovable(): boolean {
          return true;
        }
      },
    ),
  ],
  [
    'looks, and then removes',
    'keeps what is put while it is removed',
    withTokens(
      class extends ModelTokens {
        override async removeMarked(
          ...[collection, tokens]: Parameters<ModelTokens['removeMarked']>
        ): ReturnType<ModelTokens['removeMarked']> {
          const found = await this.read(undefined, ({ records }) =>
            tokens.filter((token) => this.isRemovable(records.get(token) as KeptRecord, collection)),
          );
          await Promise.resolve();
          await this.write(undefined, ({ records }) => {
            for (const token of found) records.delete(token);
          });
          return found;
        }
      },
    ),
  ],
  [
    'replaces whatever is there',
    'replaces no other bytes',
    withTokens(
      class extends ModelTokens {
        override async replace(...[token, , to]: Parameters<ModelTokens['replace']>): Promise<boolean> {
          const { records } = await super.get([token]);
          return super.replace(token, records.get(token) ?? to, to);
        }
      },
    ),
  ],
  [
    'lets all of several replace',
    'lets one of several at once replace a record',
    withTokens(
      class extends ModelTokens {
        override async replace(...given: Parameters<ModelTokens['replace']>): Promise<boolean> {
          await super.replace(...given);
          return true;
        }
      },
    ),
  ],
  [
    'lists without a bound',
    'lists large records by pages',
    withTokens(
      class extends ModelTokens {
        override list(...[after]: Parameters<ModelTokens['list']>): ReturnType<ModelTokens['list']> {
          return this.read(undefined, (database) =>
            database.inOrder(after).map(([token, { bytes }]) => ({ token, bytes })),
          );
        }
      },
    ),
  ],
  [
    'makes a key twice',
    'gives all who make a key at once the same one',
    withKeys(
      class extends ModelKeys {
        override async create(...[kind, name, bytes]: Parameters<ModelKeys['create']>): Promise<KeyRecord> {
          const found = await super.get(kind, name);
          await super.create(kind, name, bytes);
          return found ?? { name, bytes, createdAtMs: Date.now(), removedAtMs: undefined };
        }
      },
    ),
  ],
  [
    'forgets the kind of a key',
    'tells keys of one name apart',
    withKeys(
      class extends ModelKeys {
        override get(_kind: KeyKind, name: string): Promise<KeyRecord | undefined> {
          return super.get('subject', name);
        }
      },
    ),
  ],
  [
    'makes a key again that was removed',
    'does not make or replace a key that was removed',
    withKeys(
      class extends ModelKeys {
        readonly #again = new Map<string, KeptKey>();
        override async create(...[kind, name, bytes]: Parameters<ModelKeys['create']>): Promise<KeyRecord> {
          const record = await super.create(kind, name, bytes);
          if (record.bytes !== undefined) return record;
          this.#again.set(name, this.made(bytes));
          return { ...record, bytes, removedAtMs: undefined };
        }
      },
    ),
  ],
  [
    'lists keys in the order of letters',
    'lists keys of one kind in one order',
    withKeys(
      class extends ModelKeys {
        override async list(...given: Parameters<ModelKeys['list']>): Promise<readonly KeyRecord[]> {
          const all = await super.list(given[0], given[1], 100_000);
          return [...all].sort((a, b) => a.name.localeCompare(b.name)).slice(0, given[2]);
        }
      },
    ),
  ],
  [
    'keeps its callers’ buffers',
    'leaves what it is given unchanged',
    withTokens(
      class extends ModelTokens {
        override async put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          await super.put(records, options);
          await this.write(options, (database) => {
            for (const { token, bytes } of records) {
              const kept = database.records.get(token);
              if (kept !== undefined) kept.bytes = bytes;
            }
          });
        }
      },
    ),
  ],
  [
    'shows what it was given in its errors',
    'acknowledges nothing that not all machines have',
    withTokens(
      class extends ModelTokens {
        override put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          return super.put(records, options).catch((error: unknown) => {
            const { reason } = error as StoreError;
            const shown = records.map(({ bytes }) => Buffer.from(bytes).toString('hex')).join(', ');
            throw new StoreError(reason, { because: shown });
          });
        }
      },
    ),
  ],
  [
    'acknowledges what is found there',
    'acknowledges nothing that not all machines have',
    withTokens(
      class extends ModelTokens {
        override async put(records: readonly TokenRecord[], options?: Put[1]): Promise<void> {
          const { records: found } = await super.get(records.map(({ token }) => token));
          const missing = records.filter(({ token }) => !found.has(token));
          if (missing.length > 0) await super.put(missing, options);
        }
      },
    ),
  ],
  [
    'shows a password when it is logged',
    'shows no secret when it is logged',
    class extends ModelStore {
      readonly password = 'model-store-password';
    },
  ],
  [
    'ignores the signal',
    'is aborted already',
    class extends ModelStore {
      override check(): Promise<void> {
        return super.check();
      }
    },
  ],
  [
    'answers after it was closed',
    'closes once',
    class extends ModelStore {
      override close(): Promise<void> {
        return Promise.resolve();
      }
    },
  ],
  [
    'finds nothing wrong with a database without tables',
    'says what to do about a database without tables',
    class extends ModelStore {
      override check(): Promise<void> {
        return Promise.resolve();
      }
    },
  ],
  [
    'lets a reader write',
    'with the rights of a reader',
    class extends ModelStore {
      constructor(...[database, deadlines]: ConstructorParameters<typeof ModelStore>) {
        super(database, deadlines, false);
      }
    },
  ],
  [
    'has no deadline',
    'says "timeout" when the database is too slow',
    class extends ModelStore {
      constructor(...[database, , isReader]: ConstructorParameters<typeof ModelStore>) {
        super(database, { attemptMs: 60_000, totalMs: 60_000 }, isReader);
      }
    },
  ],
];

it.each(BROKEN)('a store that %s fails the case "%s"', async (_what, name, Broken) => {
  const testCase = storeCases.find((one) => one.name.includes(name));
  if (testCase === undefined) throw new Error(`There is no case "${name}".`);
  await expect(runStoreCase(testCase, modelStoreSubject(ModelStore))).resolves.toEqual({ ran: true });
  await expect(runStoreCase(testCase, modelStoreSubject(Broken))).rejects.toThrow();
});
