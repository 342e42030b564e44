import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@waxseal/bring-up';

import { findTool } from '../src/find-tool';
import { runTool, type Tool } from '../src/tool';
import { TOOLS } from '../src/tools';

const path = join(repositoryRoot, 'deploy/docker/Dockerfile');

describe('the Dockerfile', () => {
  let hadolint: Tool;
  beforeAll(async () => {
    hadolint = await findTool(TOOLS.hadolint);
  }, 300_000);

  it('passes hadolint', async () => {
    await expect(runTool(hadolint, ['--failure-threshold', 'style', path])).resolves.toBe('');
  });

  it('ends as another user than root, without a shell', () => {
    const [, last = ''] = readFileSync(path, 'utf8').split('FROM ${RUNTIME_IMAGE}');
    const instructions = last
      .replaceAll('\\\n', '')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    expect(instructions.filter((line) => line.startsWith('USER'))).toEqual(['USER 65532:65532']);
    expect(instructions.filter((line) => line.startsWith('RUN'))).toEqual([]);
    const commands = instructions.filter((line) => /^(ENTRYPOINT|CMD|HEALTHCHECK)/.test(line));
    expect(commands).toHaveLength(3);
    for (const command of commands) expect(command).toMatch(/(ENTRYPOINT|CMD) \["/);
  });
});
