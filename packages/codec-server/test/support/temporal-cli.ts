import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { required } from './encrypted-order';

const run = promisify(execFile);

/** What a command of the CLI came to. */
export interface CliOutcome {
  /** 0 when it succeeded. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the real `temporal` against the test run's server, with nothing of the user's own configuration.
 *
 * @param env variables of the command, such as `TEMPORAL_CODEC_ENDPOINT`
 */
export async function temporalCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliOutcome> {
  const common = ['--address', required('WAXSEAL_TEST_TEMPORAL_ADDRESS'), '--disable-config-file'];
  try {
    const { stdout, stderr } = await run(required('WAXSEAL_TEST_TEMPORAL_CLI'), [...args, ...common], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      timeout: 30_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Partial<CliOutcome>;
    if (typeof code !== 'number') throw error;
    return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

/** A history that the CLI printed as JSON, with the data of every payload written out behind it. */
export function withDecodedData(json: string): string {
  const data = [...json.matchAll(/"data": "([^"]*)"/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString(),
  );
  return [json, ...data].join('\n');
}
