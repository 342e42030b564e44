import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { folder } from './support/folder';
import { loadIn } from './support/load-in';

const SECRET = 'pa55-word-of-a-test';

describe('the store of a configuration', () => {
  it('is none where none is named', async () => {
    const made = folder();
    const loaded = await loadIn(made.path, { WAXSEAL_PRIMARY_KEY: made.keyUri('orders') });
    expect(loaded.store).toBeUndefined();
    expect(loaded.error).toBeUndefined();
  });

  it('comes from a file, or from the variable in its place', async () => {
    const made = folder();
    const config = { primaryKey: made.keyUri('orders'), store: `pglite:${join(made.path, 'data')}` };
    made.write('waxseal.config.json', JSON.stringify(config));
    expect((await loadIn(made.path)).store).toEqual({ kind: 'pglite', schema: 'waxseal' });
    const variable = { WAXSEAL_STORE: `postgres://ann:${SECRET}@db1,db2/orders\n` };
    expect((await loadIn(made.path, variable)).store).toEqual({ kind: 'postgres', schema: 'waxseal' });
  });

  it('may be made in code', async () => {
    const made = folder();
    made.write(
      'waxseal.config.cjs',
      `const { PostgresStore } = require('@waxseal/store');
       const store = new PostgresStore({ url: 'postgres://db1/orders', schema: 'orders' });
       module.exports = { primaryKey: ${JSON.stringify(made.keyUri('orders'))}, store };`,
    );
    expect((await loadIn(made.path)).store).toEqual({ kind: 'postgres', schema: 'orders' });
  });

  it.each([
    [7, 'store must be a URI such as postgres://user@host/database, or a Store.'],
    ['', 'store must be a URI such as postgres://user@host/database, or a Store.'],
    [`mysql://ann:${SECRET}@h/db`, 'store must be postgres://user@host/database, or pglite:<folder>'],
    [`postgres://ann:${SECRET}@h/db?ssl=1`, 'parameter "ssl"'],
    [`postgres://ann:${SECRET}@h:port/db`, 'has a host that cannot be read'],
  ])('that is wrong is named with its file, and not shown: %p', async (store, message) => {
    const made = folder();
    made.write('waxseal.config.json', JSON.stringify({ primaryKey: made.keyUri('orders'), store }));
    const { code, error = '' } = await loadIn(made.path);
    expect(code).toBe('WAXSEAL_CONFIGURATION');
    expect(error).toMatch(/^waxseal\.config\.json: store/);
    expect(error).toContain(message);
    expect(error).not.toContain(SECRET);
  });

  it('that is wrong in the variable is named by it', async () => {
    const made = folder();
    const variables = { WAXSEAL_PRIMARY_KEY: made.keyUri('orders'), WAXSEAL_STORE: `redis://:${SECRET}@h` };
    const { error = '' } = await loadIn(made.path, variables);
    expect(error).toMatch(/^WAXSEAL_STORE must be postgres:/);
    expect(error).not.toContain(SECRET);
  });
});
