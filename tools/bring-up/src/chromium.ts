import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import type * as playwright from 'playwright-core';
import { findFirst, type Found, findOnPath } from './find';

const namesOnPath = ['chromium', 'chromium-browser', 'google-chrome'];
const debianPath = '/usr/bin/chromium';

/**
 * Finds a Chromium, in this order: `CHROMIUM_PATH`, PATH, Debian's package, Playwright's download. Installs
 * nothing.
 *
 * @param environment - holds `CHROMIUM_PATH` and `PATH`; the process's own when left out
 * @returns the program's path as `value`, or `undefined` with the places that were `tried`
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<Found<string>> {
  return findFirst([
    {
      name: 'CHROMIUM_PATH',
      look: () => {
        const path = environment['CHROMIUM_PATH'];
        if (path === undefined || path === '') {
          throw new Error('it is not set');
        }
        return executable(path);
      },
    },
    {
      name: `${namesOnPath.join(', ')} on PATH`,
      look: () => {
        const path = namesOnPath
          .map((name) => findOnPath(name, environment))
          .find((found) => found !== undefined);
        if (path === undefined) {
          throw new Error('there is none');
        }
        return path;
      },
    },
    { name: `Debian's ${debianPath}`, look: () => executable(debianPath) },
    {
      name: "Playwright's download",
      look: () => {
        const { chromium } = createRequire(__filename)('playwright-core') as typeof playwright;
        return executable(chromium.executablePath());
      },
    },
  ]);
}

function executable(path: string): string {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new Error(`there is no program at ${path}`);
  }
  return path;
}

/**
 * Arguments for a Chromium that a test drives: no window, and no request but those of the page. As root it
 * must run without its sandbox.
 */
export const chromiumArguments: readonly string[] = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
