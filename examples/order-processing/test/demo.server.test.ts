import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

function demo(environment: NodeJS.ProcessEnv) {
  return spawnSync(process.execPath, [join(__dirname, '../dist/demo.js')], {
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
});
