import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const root = resolve(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The code blocks of a README's section. */
function blocksOf(path: string, heading: string): readonly string[] {
  const [, section = ''] = read(path).split(`\n## ${heading}\n`);
  const [text = ''] = section.split(/^## /m);
  return [...text.matchAll(/^```[^]*?^```/gm)].map(([block]) => block);
}

describe('docs/providers.md', () => {
  it.each([
    ['packages/aws-kms/README.md', 'Least rights'],
    ['packages/gcp-kms/README.md', 'Least rights'],
    ['packages/azure-key-vault/README.md', 'Least rights'],
    ['packages/vault-transit/README.md', 'Rights'],
  ])('has the rights of %s word by word', (path, heading) => {
    const blocks = blocksOf(path, heading);
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    const document = read('docs/providers.md');
    for (const block of blocks) expect(document).toContain(block);
  });
});
