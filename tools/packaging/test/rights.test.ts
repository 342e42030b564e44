import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const root = resolve(__dirname, '../../..');
const policies = join(root, 'packages/cli/policy');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What the documents put into the templates, and where they quote them. */
const QUOTED = {
  aws: {
    readme: 'packages/aws-kms/README.md',
    values: { key: 'arn:aws:kms:eu-west-1:111122223333:key/0d1e2f30-4a5b-4c6d-8e7f-901a2b3c4d5e' },
  },
  gcp: {
    readme: 'packages/gcp-kms/README.md',
    values: { project: 'orders-prod', location: 'europe-west1', keyRing: 'waxseal', key: 'orders' },
  },
  azure: {
    readme: 'packages/azure-key-vault/README.md',
    values: { vault: 'orders', key: 'payloads', subscription: '00000000-0000-0000-0000-000000000000' },
  },
  vault: { readme: 'packages/vault-transit/README.md', values: { mount: 'transit', key: 'orders' } },
};

const templates = Object.entries(QUOTED).flatMap(([provider, { readme, values }]) =>
  readdirSync(join(policies, provider)).map((file) => ({ name: `${provider}/${file}`, readme, values })),
);

describe('the rights that waxseal init writes', () => {
  it('are there for each key service', () => {
    expect(readdirSync(policies).sort()).toEqual(Object.keys(QUOTED).sort());
    expect(templates.length).toBeGreaterThanOrEqual(15);
  });

  it.each(templates)(
    '$name is quoted word by word where the documents tell of it',
    ({ name, readme, values }) => {
      let text = readFileSync(join(policies, name), 'utf8');
      for (const [key, value] of Object.entries(values)) text = text.replaceAll(`{{${key}}}`, value);
      expect(text).not.toContain('{{');
      for (const page of [readme, 'docs/providers.md']) expect(read(page)).toContain(`\n${text}\`\`\``);
    },
  );
});
