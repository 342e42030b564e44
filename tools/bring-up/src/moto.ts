import { join } from 'node:path';
import { BringUpError, findFirst } from './find';
import { freePort, runCommand, startServiceProcess, waitUntil } from './process';
import { placesOfPypi } from './pypi';

/** The release of `moto` on PyPI that the tests are developed against. */
const RELEASE = '5.2.5';

/** A running moto. */
export interface MotoServer {
  /** `http://127.0.0.1:<port>`, the endpoint of every service of AWS that moto imitates. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const PROGRAM = {
  requirement: 'moto[server]',
  version: RELEASE,
  name: 'moto',
  // Not the script `moto_server`: its first line holds the path of the folder that the environment was built
  // in.
  programIn: (directory: string) => join(directory, 'bin', 'python'),
  check: (python: string) => runCommand(python, ['-c', 'import moto.server'], { timeoutMs: 60_000 }),
};

/**
 * Starts moto's server on a free port, from the copy in the cache or from PyPI.
 *
 * @throws BringUpError when it can be neither found nor installed
 */
export async function startMoto(environment: NodeJS.ProcessEnv = process.env): Promise<MotoServer> {
  const { value: python, tried } = await findFirst(placesOfPypi(PROGRAM, environment));
  if (python === undefined) {
    const what = 'Install python3 with its venv module, and have access to PyPI.';
    throw new BringUpError('moto could not be found or installed.', what, tried);
  }
  const port = await freePort();
  const run = 'import sys; from moto.server import main; main(sys.argv[1:])';
  const server = await startServiceProcess(python, ['-c', run, '-H', '127.0.0.1', '-p', String(port)]);
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const isReady = async (): Promise<boolean> => {
    if (server.ended !== undefined) throw new Error(`moto does not start: ${server.ended}.`);
    return fetch(`${endpoint}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    if (!(await waitUntil(isReady))) throw new Error('moto does not answer.');
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { endpoint, stop: () => server.stop() };
}
