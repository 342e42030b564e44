import { spawn, type ChildProcess } from 'node:child_process';

/** What a shell printed, and how it ended if it has. */
interface Shell {
  readonly child: ChildProcess;
  /** On standard output. */
  readonly printed: () => string;
  /** On standard error too. */
  readonly said: () => string;
  readonly ended: () => boolean;
}

function startShell(directory: string, environment: NodeJS.ProcessEnv, args: readonly string[]): Shell {
  const child = spawn('bash', args, { cwd: directory, env: environment, detached: true });
  let printed = '';
  let said = '';
  let hasEnded = false;
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.once('close', () => (hasEnded = true));
  return { child, printed: () => printed, said: () => said, ended: () => hasEnded };
}

const STEP_MS = 120_000;

async function until(shell: Shell, done: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + STEP_MS;
  while (!done()) {
    if (shell.ended()) throw new Error(`The shell ended before ${what}:\n${shell.said()}`);
    if (Date.now() > deadline) throw new Error(`Not within ${String(STEP_MS)} ms: ${what}\n${shell.said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The terminals of a reader: a first one, whose variables and folder last, and one for each that stays. */
export class Terminals {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #first: Shell;
  readonly #staying: Shell[] = [];
  #steps = 0;
  #folder: string;

  constructor(directory: string, environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.#folder = directory;
    this.#first = startShell(directory, environment, ['-e', '-o', 'pipefail']);
  }

  /** Where the first terminal is. */
  get folder(): string {
    return this.#folder;
  }

  /** Runs a script in the first terminal to its end. @throws Error when a command of it fails */
  async run(script: string): Promise<string> {
    const end = `@@ step ${String(++this.#steps)} @@`;
    const before = this.#first.printed().length;
    this.#first.child.stdin?.write(`${script}\necho\necho "${end} $PWD"\n`);
    await until(
      this.#first,
      () => this.#first.printed().includes(end) && this.#first.printed().endsWith('\n'),
      `the end of:\n${script}`,
    );
    const [said = '', folder = ''] = this.#first.printed().slice(before).split(end);
    this.#folder = folder.trim();
    return said;
  }

  /** Starts a script in a new terminal, and goes on once it has printed a text. */
  async stay(script: string, text: string): Promise<string> {
    const shell = startShell(this.#folder, this.#environment, ['-c', script]);
    this.#staying.push(shell);
    await until(shell, () => shell.said().includes(text), `${text} of: ${script}`);
    return shell.printed();
  }

  /** Ends what stays, the last one first, as Ctrl-C does, and the first terminal. */
  async close(): Promise<void> {
    for (const shell of [...this.#staying.reverse(), this.#first]) {
      if (shell.ended() || shell.child.pid === undefined) continue;
      process.kill(-shell.child.pid, shell === this.#first ? 'SIGTERM' : 'SIGINT');
      const killed = setTimeout(
        () => shell.child.pid !== undefined && process.kill(-shell.child.pid, 'SIGKILL'),
        20_000,
      );
      await until(shell, () => shell.ended(), 'the end').catch(() => undefined);
      clearTimeout(killed);
    }
  }
}
