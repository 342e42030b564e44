import { type CompiledDecodePolicy, DecodePolicies } from '@waxseal/codec-server';
import type { ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { printable } from '../printable';

/** What of decoded payloads is shown. */
export interface ChosenPolicy {
  /** As the audit log has them: empty where the configuration has no policies. */
  readonly names: readonly string[];
  /** Undefined where everything is shown. */
  readonly mask: CompiledDecodePolicy | undefined;
}

/**
 * Chooses among the decode policies of a Codec Server. Where there are some, one is to be named, so that
 * nobody sees everything who did not say so.
 *
 * @param name `full`, or that of a policy
 * @throws ConfigurationError that names the policies there are
 */
export function choosePolicy({ policies }: ServerConfig, name: string | undefined): ChosenPolicy {
  const known = Object.keys(policies ?? {});
  if (policies === undefined || known.length === 0) {
    if (name === undefined || name === 'full') return { names: [], mask: undefined };
    throw new ConfigurationError(
      `--policy names ${printable(name)}, and the configuration has no server.policies.`,
    );
  }
  const choice = `Name one with --policy: ${known.map(printable).join(', ')}, or full to see everything.`;
  if (name === undefined) throw new ConfigurationError(`The configuration has decode policies. ${choice}`);
  if (name === 'full') return { names: ['full'], mask: undefined };
  if (!known.includes(name)) {
    throw new ConfigurationError(`There is no decode policy ${printable(name)}. ${choice}`);
  }
  const policy = new DecodePolicies({ policies }).policyFor([name]);
  if (policy.kind === 'denied') {
    throw new ConfigurationError(`The decode policy ${printable(name)} is "denied": it shows nothing.`);
  }
  return { names: [name], mask: policy.kind === 'full' ? undefined : policy };
}
