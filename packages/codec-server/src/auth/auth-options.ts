import { z } from 'zod';
import { ACCESS_RULE, type Authorize } from '../authorization/access-rules';
import { IN_CODE, list, nonEmptyList, type options } from '../fields';
import { DECODE_POLICIES } from '../masking/decode-policy';
import { CLIENT_CERTIFICATE_AUTHENTICATOR } from './client-certificate';
import { JWT_AUTHENTICATOR } from './jwt-options';
import { BEARER_AUTHENTICATOR } from './static-tokens';

const AUTHENTICATOR = z.discriminatedUnion(
  'type',
  [JWT_AUTHENTICATOR, BEARER_AUTHENTICATOR, CLIENT_CERTIFICATE_AUTHENTICATOR],
  'must be "jwt", "bearer" or "client-certificate".',
);

/** One way in which a request can say who makes it. */
export type AuthenticatorOptions = z.input<typeof AUTHENTICATOR>;

const AUTHORIZE = 'must be an array of rules, or a function.';

/** Options of a Codec Server that say who may do and see what. */
export class AccessFields {
  /**
   * How requests prove who makes them; the first place that holds a token decides. Default: not at all, and
   * `listen` then binds loopback only. With it every request needs a namespace, and `authorize` says who may
   * do what there.
   */
  readonly auth = nonEmptyList(
    AUTHENTICATOR,
    'is empty, so that nobody could sign in. Leave it out to serve loopback without authentication.',
  ).optional();

  /**
   * Who may do what: a table of rules, or a function that decides alone. What nothing allows is refused.
   * Beside a table, a token's `permissionsClaim` and the `may` of static tokens allow also.
   */
  readonly authorize = z
    .union(
      [
        list(ACCESS_RULE),
        z.custom<Authorize>((value) => typeof value === 'function', AUTHORIZE).meta(IN_CODE),
      ],
      AUTHORIZE,
    )
    .optional();

  /**
   * With `auth`: decode policies by name, for the `policy` of rules and grants. Without it a principal who
   * may decode sees everything. The policies of all rules that allow a request add up. One who sees masked
   * values may not encode.
   */
  readonly policies = DECODE_POLICIES.optional();
}

/** The options on access after the check. */
export type AccessSettings = z.output<ReturnType<typeof options<AccessFields>>>;
