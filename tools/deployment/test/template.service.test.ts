import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@waxseal/bring-up';
import { parse } from 'yaml';

import { findTool } from '../src/find-tool';
import { runTool, type Tool } from '../src/tool';
import { TOOLS } from '../src/tools';

const path = join(repositoryRoot, 'examples/codec-server-lambda/template.yaml');

interface Template {
  readonly Resources: {
    readonly CodecApi: {
      readonly Properties: { readonly Auth: object; readonly CorsConfiguration?: unknown };
    };
    readonly CodecFunction: {
      readonly Properties: {
        readonly Policies: readonly { readonly Statement: readonly unknown[] }[];
        readonly Events: Readonly<
          Record<
            string,
            {
              readonly Properties: {
                readonly Method: string;
                readonly Auth?: { readonly Authorizer: string };
              };
            }
          >
        >;
      };
    };
  };
}

describe('the template of the AWS Lambda example', () => {
  let cfnLint: Tool;
  beforeAll(async () => {
    cfnLint = await findTool(TOOLS.cfnLint);
  }, 300_000);

  it('passes cfn-lint', async () => {
    await expect(runTool(cfnLint, ['--non-zero-exit-code', 'informational', path])).resolves.toBe('');
  }, 120_000);

  it('lets only preflights in without a token, and gives one right on one key', () => {
    // Tags such as !Ref are read as what stands behind them.
    const { Resources } = parse(readFileSync(path, 'utf8'), { logLevel: 'silent' }) as Template;
    const { Auth, CorsConfiguration } = Resources.CodecApi.Properties;
    expect(Auth).toMatchObject({ DefaultAuthorizer: 'Issuer' });
    expect(CorsConfiguration).toBeUndefined();
    const { Events, Policies } = Resources.CodecFunction.Properties;
    const open = Object.values(Events).filter(({ Properties }) => Properties.Auth?.Authorizer === 'NONE');
    expect(open.map(({ Properties }) => Properties.Method)).toEqual(['OPTIONS']);
    expect(Policies.flatMap(({ Statement }) => Statement)).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: 'KeyArn',
        Condition: {
          StringEquals: { 'kms:EncryptionContext:waxseal:aad': 'd2F4c2VhbC92MS9kYXRhLWtleQ==' },
        },
      },
    ]);
  });
});
