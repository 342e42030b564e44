import { beforeAll, expect, it } from '@jest/globals';
import { blocksOf, codeBlocks, pages } from './support/code-blocks';
import { typeMistakes, undeclaredNames } from './support/typed-blocks';

/** Files of the reader's own that blocks import. */
const OTHERS = {
  'docs+compatibility/keys.d.mts': `
import type { EncryptionSdkCodecOptions, FernetCodecOptions, SamplesCodecOptions, TemporalProxyCodecOptions } from '@waxseal/compat';
export const encryptionSdk: EncryptionSdkCodecOptions;
export const fernet: FernetCodecOptions;
export const keyring: import('@waxseal/core').Keyring;
export const proxy: TemporalProxyCodecOptions;
export const samples: SamplesCodecOptions;
export const store: import('@waxseal/store').PostgresStore;`,
  'src/index.d.ts': `
import type { KeyEncryptionKey } from '@waxseal/core';
export const ExampleKey: new (options: { address: string; name: string; token: string }) => KeyEncryptionKey;`,
  'packages+conformance+README/support/example-service.d.ts': `
type Change = (key: string) => Promise<void>;
export function startExampleService(options: { keys: string[] }): Promise<{
  address: string; token: string; requestCount: number;
  disable: Change; delete: Change; rotate: Change; forbid: Change;
  setRights(rights: readonly string[]): void; refuseNext(times: number): void; stop(): Promise<void>;
  answerAfter(ms: number): void; cutNext(times: number): void;
}>;`,
};

const MISTAKEN = `
\`\`\`ts
import { Keyring } from '@waxseal/core';
new Keyring({ primary: 1 });
nothingOfTheKind();
\`\`\`
<!-- block: createCodecServer({ codec, … }) -->
\`\`\`ts
allowedOrigin: ['http://localhost:8233'],
\`\`\`
\`\`\`js
import { Keyrings } from '@waxseal/core';
\`\`\`
`;

const blocks = pages()
  .flatMap(codeBlocks)
  .filter(({ language }) => ['ts', 'js'].includes(language));
let mistakes: readonly string[];

beforeAll(() => {
  mistakes = typeMistakes([...blocks, ...blocksOf('mistaken.md', MISTAKEN)], OTHERS);
}, 180_000);

it('every block of TypeScript and JavaScript has the types of what it uses', () => {
  expect(blocks.length).toBeGreaterThan(60);
  expect(mistakes.filter((mistake) => !mistake.startsWith('mistaken.md'))).toEqual([]);
});

it('a block that would not compile is seen, by its place', () => {
  expect(mistakes.filter((mistake) => mistake.startsWith('mistaken.md'))).toEqual([
    expect.stringMatching(/^mistaken\.md:4 Type 'number' is not assignable to type 'KeyEncryptionKey'/),
    expect.stringMatching(/^mistaken\.md:5 Cannot find name 'nothingOfTheKind'/),
    expect.stringMatching(/^mistaken\.md:9 .*'allowedOrigin' does not exist/),
    expect.stringMatching(/^mistaken\.md:12 .*no exported member .*'Keyrings'/),
  ]);
});

it('nothing is declared for blocks that none of them uses', () => {
  const code = blocks.map(({ text }) => text).join('\n');
  expect(undeclaredNames().filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});
