import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const DEMO = join(__dirname, '../dist/demo.js');

function demo(environment: NodeJS.ProcessEnv, ...args: string[]) {
  return spawnSync(process.execPath, [DEMO, ...args], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    timeout: 110_000,
  });
}

const noHits = (place: string) => new RegExp(`^ +${place}, \\d+ KiB +0 hits `, 'm');

describe('npm run demo', () => {
  it('shows ciphertext beside plaintext, finds nothing in clear, and ends by itself', () => {
    const { status, stdout, stderr } = demo({ TEMPORAL_ADDRESS: '' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /order-1001-\w+: Order paid \(Confirmation #: \d+\) and shipped \(Tracking #: GU-\d+\)/,
    );
    expect(stdout.match(/binary\/envelope, \d+ bytes/g)).toHaveLength(14);
    expect(stdout).toMatch(noHits('4 workflow histories'));
    expect(stdout).toMatch(noHits("the worker's log at DEBUG"));
    expect(stdout).toMatch(noHits("the server's database file"));
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(status).toBe(0);
  }, 120_000);

  it('keeps payloads in a store with --tokens, and the temporal command shows tokens and results', () => {
    const { status, stdout, stderr } = demo({ TEMPORAL_ADDRESS: '' }, '--tokens');
    expect(stderr).toBe('');
    expect(stdout.match(/binary\/uuid-sub, 16 bytes/g)).toHaveLength(14);
    expect(stdout).toMatch(noHits('4 workflow histories'));
    expect(stdout).toMatch(noHits("the server's database file"));
    expect(stdout).toMatch(noHits('\\d+ records of the store'));
    const [, bare = '', decoded = ''] = stdout.split(
      '$ temporal workflow result --workflow-id process-order-6127779311',
    );
    expect(bare).toMatch(/ResultEncoding +binary\/uuid-sub/);
    expect(bare).not.toContain('Confirmation');
    expect(decoded).toMatch(/^ --codec-endpoint http/);
    expect(decoded).toMatch(/Result +"Order paid \(Confirmation #: \d+\)/);
    expect(status).toBe(0);
  }, 120_000);

  it('uses the server at TEMPORAL_ADDRESS, and says what it cannot search there', () => {
    const { status, stdout, stderr } = demo({
      TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'],
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(noHits('4 workflow histories'));
    expect(stdout).toContain('The database of the server at TEMPORAL_ADDRESS cannot be searched from here.');
    expect(status).toBe(0);
  }, 120_000);

  it('is not disturbed by another one on the same server, which has another key', async () => {
    const env = {
      ...process.env,
      TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'],
    };
    const both = Array.from({ length: 2 }, async () => {
      const child = spawn(process.execPath, [DEMO], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 110_000,
      });
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { stdout, stderr, exitCode: child.exitCode };
    });
    for (const { stdout, ...ended } of await Promise.all(both)) {
      expect(ended).toEqual({ stderr: '', exitCode: 0 });
      expect(stdout).toMatch(noHits('4 workflow histories'));
      expect(stdout).not.toContain('UnknownKey');
    }
  }, 120_000);
});
