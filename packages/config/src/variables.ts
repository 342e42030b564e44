import { ConfigurationError } from '@waxseal/core';
import type { Environment } from '@waxseal/core/provider';
import { distance } from 'fastest-levenshtein';

const PREFIX = 'WAXSEAL_';

/** Variables that Waxseal reads, without the prefix. */
const KNOWN: readonly string[] = [
  'CONFIG',
  'PRIMARY_KEY',
  'ADDITIONAL_KEYS',
  'DECRYPT_KEYS',
  'ENCRYPT',
  'STORE',
  'SUBJECTS',
  'COMPRESSION',
  'HEALTH_URL',
  'HEALTH_CA',
  'HEALTH_SERVER_NAME',
];

/** What Kubernetes and Docker set for a service that is called `waxseal` or begins so. */
const OF_A_SERVICE = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)$/;

/** A variable without space and line ends around it; `undefined` where nothing is left. */
export function valueOf(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/**
 * Looks for variables that begin as Waxseal's do, and are none of them.
 *
 * @returns their names; none that Kubernetes sets for a service of that name
 * @throws ConfigurationError when one is set that looks like a misspelt one: else a key would be missing
 *   with no word of it
 */
export function unknownVariables(environment: Environment): readonly string[] {
  const unknown = Object.keys(environment).filter((name) => {
    const rest = name.slice(PREFIX.length);
    if (!name.toUpperCase().startsWith(PREFIX) || OF_A_SERVICE.test(name)) return false;
    const isKnown = name.startsWith(PREFIX) && KNOWN.includes(rest);
    return !isKnown && valueOf(environment, name) !== undefined;
  });
  for (const name of unknown) {
    const meant = KNOWN.find((known) => isNear(name.slice(PREFIX.length), known));
    // Where the one that is meant is set, this one is another's: nothing is missing.
    if (meant === undefined || valueOf(environment, PREFIX + meant) !== undefined) continue;
    throw new ConfigurationError(
      `The variable ${name} is none of Waxseal's. Is ${PREFIX}${meant} meant? Rename it, or unset it.`,
    );
  }
  return unknown;
}

/** Whether one is the other with few slips for its length; underscores, case and plural count for nothing. */
function isNear(name: string, known: string): boolean {
  return distance(plain(name), plain(known)) <= plain(known).length / 4;
}

function plain(name: string): string {
  return name.toUpperCase().replaceAll('_', '').replace(/S$/, '');
}
