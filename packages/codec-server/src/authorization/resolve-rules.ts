import { ConfigurationError } from '@waxseal/core';
import { resolveClaimConditions } from '../auth/resolve-claim-conditions';
import { asList } from '../options/as-list';
import { asObject } from '../options/as-object';
import { asTexts } from '../options/as-texts';
import type { AccessRule } from './access-rule';
import type { PolicyNames } from './policy-names';
import { resolveGrant } from './resolve-grant';

const FIELDS: ReadonlySet<string> = new Set<keyof AccessRule>([
  'principals',
  'groups',
  'claims',
  'issuers',
  'namespaces',
  'operations',
  'policy',
]);

/**
 * Validates a table of rules.
 *
 * @param issuers who can vouch for principals of the table
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field; also when there are several issuers and a rule does not say which it
 *   means, since one of them could give out the name of another's principal
 */
export function resolveRules(
  value: unknown,
  issuers: ReadonlySet<string>,
  policies: PolicyNames | undefined,
): readonly AccessRule[] {
  return asList(value, 'authorize').map((entry, index) => {
    const field = `authorize[${String(index)}]`;
    const given = asObject(entry, field, FIELDS);
    const texts = (name: 'principals' | 'groups' | 'issuers') =>
      given[name] === undefined ? {} : { [name]: asTexts(given[name], `${field}.${name}`) };
    const rule: AccessRule = {
      ...resolveGrant(given, field, policies),
      ...texts('principals'),
      ...texts('groups'),
      ...texts('issuers'),
      ...(given['claims'] === undefined
        ? {}
        : { claims: resolveClaimConditions(given['claims'], `${field}.claims`) }),
    };
    if (rule.principals === undefined && rule.groups === undefined && rule.claims === undefined) {
      throw new ConfigurationError(
        `${field} does not say who: give principals, groups or claims. ["*"] for principals means everybody who is authenticated.`,
      );
    }
    assertIssuers(rule.issuers, issuers, field);
    return rule;
  });
}

function assertIssuers(
  named: readonly string[] | undefined,
  issuers: ReadonlySet<string>,
  field: string,
): void {
  const list = [...issuers].map((issuer) => JSON.stringify(issuer)).join(', ');
  if (named === undefined && issuers.size > 1) {
    throw new ConfigurationError(
      `${field}.issuers is missing: there is more than one issuer (${list}), and each could name a principal as another does. Say which the rule means.`,
    );
  }
  const unknown = named?.find((issuer) => !issuers.has(issuer));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${field}.issuers holds ${JSON.stringify(unknown)}, which vouches for nobody this table decides about: ${list === '' ? 'there is none' : `there is ${list}`}.`,
    );
  }
}
