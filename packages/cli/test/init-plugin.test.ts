import { describe, expect, it } from '@jest/globals';

import { placePlugin } from '../src/init/plugin-edit';

const HELPER = 'src/waxseal.ts';

function placed(text: string, { path = 'src/app.ts', isModule = false, helper = HELPER } = {}) {
  const { edited, byHand } = placePlugin({ path, text }, isModule, helper);
  return { after: edited?.after, byHand: byHand.map(({ line, why }) => `${String(line)}: ${why}`) };
}

/** The file with one more import, and something else in the place of a part. */
function expected(text: string, part: string, instead: string, specifier = "'./waxseal'"): string {
  const [first = '', ...rest] = text.split('\n');
  return [first, `import { waxsealPlugin } from ${specifier};`, ...rest].join('\n').replace(part, instead);
}

describe('the plugin is put into', () => {
  const inAsync = (call: string, imported = "import { Client } from '@temporalio/client';"): string =>
    `${imported}\nasync function run() {\n  const it = ${call};\n}\n`;
  const PLUGINS = 'plugins: [await waxsealPlugin()]';

  it.each([
    ['new Client()', `new Client({ ${PLUGINS} })`],
    ['new Client({})', `new Client({ ${PLUGINS} })`],
    ['new Client({ connection })', `new Client({ ${PLUGINS}, connection })`],
    ['new Client({\n    connection,\n  })', `new Client({\n    ${PLUGINS},\n    connection,\n  })`],
    ['new Client({ plugins: [] })', `new Client({ ${PLUGINS} })`],
    ['new Client({ plugins: [other] })', 'new Client({ plugins: [await waxsealPlugin(), other] })'],
    ['new Client({ connection } as Options)', undefined],
    ['new Client({ ...options })', undefined],
    ['new Client(options)', undefined],
    ['new Client({ plugins })', undefined],
    ['[1].map(() => new Client({ connection }))', undefined],
    ['class { client = new Client({ connection }) }', undefined],
  ])('%s', (call, instead) => {
    const text = inAsync(call);
    const { after, byHand } = placed(text);
    if (instead === undefined) {
      expect(after).toBeUndefined();
      expect(byHand).toEqual([expect.stringMatching(/^3: new Client: /)]);
    } else {
      expect(after).toBe(expected(text, call, instead));
      expect(byHand).toEqual([]);
    }
  });

  it.each([
    ["import { Worker as Runner } from '@temporalio/worker';", 'await Runner.create({ taskQueue })'],
    ["import * as sdk from '@temporalio/worker';", 'await sdk.Worker.create({ taskQueue })'],
    ["import { bundleWorkflowCode } from '@temporalio/worker';", 'await bundleWorkflowCode({ taskQueue })'],
  ])('%s', (imported, call) => {
    const text = inAsync(call, imported);
    const instead = call.replace('{ taskQueue }', `{ ${PLUGINS}, taskQueue }`);
    expect(placed(text).after).toBe(expected(text, call, instead));
  });

  const withWorker = (call: string): string =>
    `import { NativeConnection, Worker } from '@temporalio/worker';\nasync function run() {\n  ${call};\n  await Worker.create({ taskQueue });\n}\n`;

  it.each([
    ['NativeConnection.connect()', `NativeConnection.connect({ ${PLUGINS} })`],
    ['NativeConnection.connect({ address })', `NativeConnection.connect({ ${PLUGINS}, address })`],
    // Nobody has to do these by hand: the Worker encrypts all the same.
    ['NativeConnection.connect(options)', 'NativeConnection.connect(options)'],
    ['NativeConnection.connect({ ...options })', 'NativeConnection.connect({ ...options })'],
    ['NativeConnection.connect({ plugins })', 'NativeConnection.connect({ plugins })'],
    ['() => NativeConnection.connect()', '() => NativeConnection.connect()'],
  ])('%s, beside a Worker', (call, instead) => {
    const text = withWorker(call);
    const { after, byHand } = placed(text);
    const worker = text.replace('{ taskQueue }', `{ ${PLUGINS}, taskQueue }`);
    expect(after).toBe(expected(worker, call, instead));
    expect(byHand).toEqual([]);
  });

  it('no connection without a Worker', () => {
    const text =
      "import { NativeConnection } from '@temporalio/worker';\nawait NativeConnection.connect({ address });\n";
    expect(placed(text, { isModule: true })).toEqual({ after: undefined, byHand: [] });
  });

  it('what is required, with CommonJS', () => {
    const text =
      'const { Client } = require("@temporalio/client")\nasync () => {\n  new Client({ connection })\n}\n';
    const { after } = placed(text, { path: 'src/deep/app.js', helper: 'src/waxseal.cjs' });
    expect(after).toBe(
      'const { Client } = require("@temporalio/client")\nconst { waxsealPlugin } = require("../waxseal.cjs")\n' +
        `async () => {\n  new Client({ ${PLUGINS}, connection })\n}\n`,
    );
    expect(placed(text, { path: 'src/app.js', helper: 'src/waxseal.mjs' })).toEqual({
      after: undefined,
      byHand: ['3: it requires, and the module with the plugin is of another kind'],
    });
  });

  it('the top level of an ES module, and not of CommonJS', () => {
    const text = "import { Client } from '@temporalio/client';\nnew Client({ connection });\n";
    const instead = `new Client({ ${PLUGINS}, connection })`;
    expect(placed(text, { isModule: true }).after).toBe(
      expected(text, 'new Client({ connection })', instead),
    );
    expect(placed(text)).toEqual({ after: undefined, byHand: ['2: new Client: await cannot stand here'] });
  });

  it('files with the line ends, and the extensions, that they have', () => {
    const text =
      "import { Client } from '@temporalio/client';\r\nimport { a } from './a.js';\r\nasync () => {\r\n  new Client({\r\n    a,\r\n  });\r\n};\r\n";
    const { after = '' } = placed(text);
    expect(after).toContain("from './a.js';\r\nimport { waxsealPlugin } from './waxseal.js';\r\n");
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
  });
});

it('what TypeScript and JSX have is read', () => {
  const text = `import { Client } from '@temporalio/client';
enum Kind { A = 'a' }
abstract class Maker<const T extends object> {
  declare kind: Kind;
  constructor(private readonly options: T) { this.#made = options as unknown as T; }
  #made!: T;
  @logged async make(@named kind?: Kind): Promise<Client> { return <Client>new Client({ kind } satisfies object); }
}
export type { Maker };
`;
  const { after, byHand } = placed(text);
  expect(after).toBeUndefined();
  expect(byHand).toEqual(['7: new Client: its options are not written out here']);
  const jsx =
    "import { Client } from '@temporalio/client';\nexport const Page = async () => <b>{await new Client({ a }).x}</b>;\n";
  expect(placed(jsx, { path: 'src/page.tsx' }).after).toContain('plugins: [await waxsealPlugin()], a }');
});

it('nothing of others is taken for the SDK', () => {
  const text =
    "import { Client } from 'pg';\nimport type { Worker } from '@temporalio/worker';\nasync () => { new Client({ a }); Worker.create({ a }); };\n";
  expect(placed(text)).toEqual({ after: undefined, byHand: [] });
});

it('a file that has the plugin is left alone, and what it forgot is told', () => {
  const text =
    "import { Client } from '@temporalio/client';\nimport { EnvelopePlugin } from '@waxseal/temporal';\nasync () => {\n  new Client({ plugins: [mine] });\n  new Client({ connection });\n};\n";
  expect(placed(text)).toEqual({ after: undefined, byHand: ['5: new Client: it has no plugins'] });
});

it.each(['const = 1; // @temporalio/client', `import '@temporalio/client';${'('.repeat(20_000)}`])(
  'code that cannot be read is left to a person',
  (text) => {
    expect(placed(text)).toEqual({
      after: undefined,
      byHand: [expect.stringContaining('the file cannot be read as code')],
    });
  },
);
