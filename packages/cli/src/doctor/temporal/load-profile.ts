import { loadClientConfigProfile, type ClientConfigProfile } from '@temporalio/envconfig';

import { printable } from '../../output/printable';
import { codeOf } from './code-of';
import { TemporalFault } from './temporal-fault';

/**
 * Reads the profile as workers and clients do.
 *
 * @throws TemporalFault when it cannot be read. What the parser says of a TOML file is not repeated: it quotes lines of the
 *   file, and a line may hold a key.
 */
export function loadProfile(environment: NodeJS.ProcessEnv, isStrict = false): ClientConfigProfile {
  try {
    return loadClientConfigProfile({ overrideEnvVars: defined(environment), configFileStrict: isStrict });
  } catch (error) {
    throw new TemporalFault(faultOf(error, environment));
  }
}

function faultOf(error: unknown, environment: NodeJS.ProcessEnv): string {
  const file = environment['TEMPORAL_CONFIG_FILE'];
  const theFile =
    file === undefined ? 'the temporal.toml of this user' : `TEMPORAL_CONFIG_FILE ${printable(file)}`;
  if (error instanceof Error && 'line' in error && 'column' in error) {
    return `${theFile} is not valid TOML at line ${String(error.line)}, column ${String(error.column)}`;
  }
  if (codeOf(error) !== '') return `${theFile} cannot be read: ${codeOf(error)}`;
  const said = error instanceof Error ? error.message : '';
  if (said.startsWith('Profile ')) {
    const profile = printable(environment['TEMPORAL_PROFILE'] ?? '');
    return `TEMPORAL_PROFILE names ${profile}, and ${theFile} has no [profile.…] of that name`;
  }
  if (/^(?:Cannot specify both|Validation error)/.test(said)) return `${theFile} or the environment: ${said}`;
  return `${theFile} is not as it should be: it holds [profile.<name>] tables with text in them`;
}

function defined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
