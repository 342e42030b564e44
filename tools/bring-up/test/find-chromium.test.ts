import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { findChromium } from '../src/chromium';

it('takes CHROMIUM_PATH first, then PATH, and records why a place had nothing', async () => {
  const directory = temporaryDirectory();
  const named = join(directory, 'named');
  const onPath = join(directory, 'chromium-browser');
  writeFileSync(named, '', { mode: 0o755 });
  writeFileSync(onPath, '', { mode: 0o755 });
  expect(await findChromium({ PATH: directory, CHROMIUM_PATH: named })).toMatchObject({
    value: named,
    tried: [],
  });
  expect(await findChromium({ PATH: directory, CHROMIUM_PATH: join(directory, 'gone') })).toMatchObject({
    value: onPath,
    tried: [{ place: 'CHROMIUM_PATH', reason: expect.stringContaining('there is no program at') }],
  });
  const { tried } = await findChromium({});
  expect(tried.slice(0, 2).map(({ reason }) => reason)).toEqual(['it is not set', 'there is none']);
});
