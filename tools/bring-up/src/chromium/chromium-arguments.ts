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
