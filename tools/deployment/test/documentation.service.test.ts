import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@waxseal/bring-up';
import { parse } from 'yaml';

import { TOOLS } from '../src/tools';
import { valuesOf } from './support/render';

const text = readFileSync(join(repositoryRoot, 'docs/deployment.md'), 'utf8');

describe('docs/deployment.md', () => {
  it('shows the values for AWS that are tested', () => {
    const [, block = ''] = /```yaml\n(image:\n[^]*?)```/.exec(text) ?? [];
    expect(parse(block)).toEqual(parse(readFileSync(valuesOf('aws'), 'utf8')));
  });

  it.each([TOOLS.kubernetesValidate, TOOLS.hadolint, TOOLS.cfnLint])(
    'names the release of $name that is used',
    ({ name, packaged }) => {
      expect(text).toContain(`${name} ${/\d+\.\d+\.\d+/.exec(packaged)?.[0] ?? packaged}`);
    },
  );
});
