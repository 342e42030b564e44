import { ConfigurationError } from '@waxseal/core';
import type { PolicyNames } from '../authorization/policy-names';
import { DecodePolicies } from '../masking/decode-policies';
import type { DecodePolicy } from '../masking/decode-policy';
import type { CodecServerOptions } from './codec-server-options';
import { isObject } from '../protojson/is-object';

/** Decode policies that are ready, and their names, `full` among them. */
interface ResolvedPolicies {
  readonly policies: DecodePolicies;
  readonly names: PolicyNames;
}

/** @throws ConfigurationError that names the field */
export function resolvePolicies(given: CodecServerOptions['policies']): ResolvedPolicies | undefined {
  if (given === undefined) return undefined;
  if (!isObject(given) || Object.keys(given).length === 0) {
    throw new ConfigurationError(
      'policies must be an object of one or more decode policies by name. To show everything to everybody, leave it out.',
    );
  }
  const reserved = ['full', 'denied'].find((name) => Object.hasOwn(given, name));
  if (reserved !== undefined) {
    throw new ConfigurationError(
      `policies.${reserved} has a name with a meaning of its own. Choose another name.`,
    );
  }
  const all = { ...given, full: 'full' as const };
  return {
    policies: new DecodePolicies({ policies: all }),
    names: new Map(Object.entries<DecodePolicy>(all).map(([name, policy]) => [name, policy === 'full'])),
  };
}
