import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { describeStore } from '@waxseal/conformance';

import { PgliteStore } from '@waxseal/store';

const EMBEDDED = 'it runs within the process';
const store = new PgliteStore();

beforeAll(() => store.check(), 60_000);
afterAll(() => store.close());

describeStore(
  { describe, it },
  {
    name: 'PgliteStore',
    without: {
      emptyStore: 'it makes its tables itself',
      disconnect: EMBEDDED,
      reconnect: EMBEDDED,
      delay: EMBEDDED,
      cut: EMBEDDED,
      failover: EMBEDDED,
      loseQuorum: EMBEDDED,
      fill: EMBEDDED,
      denyWrites: 'its user has all rights',
      separateStores: 'one process at a time has the database',
    },
    open: () => ({ secrets: [], store: () => store, close: () => undefined }),
  },
);
