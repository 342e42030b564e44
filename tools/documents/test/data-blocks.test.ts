import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadClientConfigProfile } from '@temporalio/envconfig';
import Ajv from 'ajv';
import { parse as parseProto } from 'protobufjs';
import { parseAllDocuments } from 'yaml';
import { codeBlocks, framed, pages, placeIn, ROOT } from './support/code-blocks';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const blocks = (language: string) =>
  pages()
    .flatMap(codeBlocks)
    .filter((block) => block.language === language)
    .map((block) => ({ place: placeIn(block), text: framed(block).text }));

/** Members that a configuration file alone has. */
const OF_CONFIGURATION = ['$schema', 'primaryKey', 'decryptKeys', 'server'];
const schema = JSON.parse(read('packages/config/waxseal.config.schema.json')) as object;
const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(schema);

/** What a configuration has wrong, by the schema that editors read. */
function configurationMistakes(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

describe('JSON', () => {
  it.each(blocks('json'))('$place can be read', ({ text }) => {
    // A line each where it is a log.
    const values = /^\{.*\}\n\{/.test(text) ? text.trim().split('\n') : [text];
    for (const value of values) expect(() => JSON.parse(value) as unknown).not.toThrow();
  });

  const configurations = blocks('json').filter(({ text }) =>
    OF_CONFIGURATION.some((name) => new RegExp(`^  "${name.replace('$', '\\$')}":`, 'm').test(text)),
  );

  it('of a configuration is found', () => {
    expect(configurations.length).toBeGreaterThanOrEqual(3);
    expect(configurationMistakes({ primaryKeys: 'local:///k.json' })).not.toEqual([]);
  });

  it.each(configurations)('$place is a configuration file', ({ text }) => {
    expect(configurationMistakes(JSON.parse(text))).toEqual([]);
  });
});

it.each(blocks('yaml'))('YAML: $place can be read', ({ text }) => {
  const documents = parseAllDocuments(text);
  expect(documents.length).toBeGreaterThan(0);
  for (const { errors } of documents) expect(errors).toEqual([]);
});

it.each(blocks('toml'))(
  'TOML: $place is a configuration of Temporal, in each of its profiles',
  ({ text }) => {
    const profiles = [...text.matchAll(/^\[profile\.([\w-]+)\]$/gm)].map(([, name = '']) => name);
    expect(profiles.length).toBeGreaterThan(0);
    const configSource = { data: text.replaceAll(/"\/etc\/temporal\/[^"]+"/g, '"/dev/null"') };
    for (const profile of profiles) {
      const options = { profile, configSource, configFileStrict: true, overrideEnvVars: {} };
      expect(loadClientConfigProfile(options)).toBeDefined();
    }
  },
);

it.each(blocks('hcl'))('HCL: $place is a policy that waxseal init writes', ({ text }) => {
  const folder = join(ROOT, 'packages/cli/policy/vault');
  const policies = readdirSync(folder).map((name) =>
    readFileSync(join(folder, name), 'utf8')
      .replaceAll('{{mount}}', 'transit')
      .replaceAll('{{key}}', 'orders'),
  );
  expect(policies).toContain(text);
});

it.each(blocks('proto'))('Protocol Buffers: $place can be read', ({ text }) => {
  expect(parseProto(`syntax = "proto3";\n${text}`).root.nestedArray).not.toEqual([]);
});
