import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { findTool } from '../src/find-tool';
import { TOOLS } from '../src/tools';

const cache = temporaryDirectory();

describe('findTool', () => {
  it.each(Object.values(TOOLS))('says where $name was looked for, and what to do', async (tool) => {
    const environment = { PATH: '', WAXSEAL_CACHE: cache, [tool.variable]: '/nonexistent' };
    const failure = findTool(tool, environment);
    await expect(failure).rejects.toMatchObject({ code: 'WAXSEAL_BRING_UP' });
    for (const part of [
      `${tool.variable}: \`/nonexistent`,
      `\`${tool.name}\` on PATH: there is none`,
      cache,
      tool.packaged,
      `set ${tool.variable}`,
    ]) {
      await expect(failure).rejects.toThrow(part);
    }
  });

  it('takes the program that the variable names', async () => {
    const { command, place } = await findTool(TOOLS.hadolint, {
      PATH: '',
      WAXSEAL_CACHE: cache,
      WAXSEAL_HADOLINT: process.execPath,
    });
    expect({ command, place }).toEqual({ command: [process.execPath], place: 'WAXSEAL_HADOLINT' });
  });
});
