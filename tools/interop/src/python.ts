import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  BringUpError,
  findFirst,
  findOnPath,
  placesOfPypi,
  repositoryRoot,
  runCommand,
} from '@waxseal/bring-up';
import type { VectorPayload } from '@waxseal/test-support/vectors';
import type { Outcome, Question } from './vector';

/** Where the implementation in Python is. */
export const PYTHON_DIRECTORY = join(repositoryRoot, 'interop/python');

const CRYPTOGRAPHY = {
  requirement: 'cryptography',
  version: '48.0.0',
  name: 'cryptography',
  programIn: (directory: string) => join(directory, 'bin', 'python'),
  check: (python: string) => runCommand(python, ['-c', IMPORTS], { timeoutMs: 60_000 }),
};
const IMPORTS = 'import cryptography.hazmat.primitives.ciphers.aead';

/**
 * A Python with `cryptography`: the one on `PATH`, a copy in the cache, or one from PyPI.
 *
 * @throws BringUpError when there is none and none can be made
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const onPath = async (): Promise<string> => {
    const python = findOnPath('python3', environment);
    if (python === undefined) throw new Error('there is none');
    await CRYPTOGRAPHY.check(python);
    return python;
  };
  const { value: python, tried } = await findFirst<string>([
    { name: 'python3 on PATH, with cryptography', look: onPath },
    ...placesOfPypi(CRYPTOGRAPHY, environment),
  ]);
  if (python === undefined) {
    const what = 'Install python3 with its venv module, and have access to PyPI.';
    throw new BringUpError('No Python with cryptography could be found or made.', what, tried);
  }
  return python;
}

/** The implementation in Python, as a process that answers questions. */
export class PythonImplementation {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: ((answer: object) => void)[] = [];

  /** @param python path of the interpreter */
  constructor(python: string) {
    this.#child = spawn(python, ['-B', join(PYTHON_DIRECTORY, 'serve.py')], { stdio: 'pipe' });
    this.#child.stderr.resume();
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.(JSON.parse(line) as object);
    });
    this.#child.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer({ error: 'the process has ended' });
    });
  }

  /** @throws Error when the question is not one */
  async decode({ keys, reader, outer }: Question): Promise<Outcome> {
    const answer = await this.#ask({ op: 'decode', keys, reader, outer });
    return 'inner' in answer
      ? { inner: answer['inner'] as VectorPayload }
      : { code: String(answer['code']), keyServiceAsked: answer['keyServiceAsked'] === true };
  }

  /** @throws Error when it cannot be encoded */
  async encode(question: {
    readonly keys: Question['keys'];
    readonly keyIds: readonly string[];
    readonly context: readonly (readonly [key: string, value: string])[];
    readonly inner: VectorPayload;
  }): Promise<VectorPayload> {
    return (await this.#ask({ op: 'encode', ...question }))['outer'] as VectorPayload;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.stdin.end();
    await ended;
  }

  async #ask(question: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await new Promise<object>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
    if ('error' in answer) throw new Error(`Python: ${String(answer.error)}`);
    return answer as Readonly<Record<string, unknown>>;
  }
}
