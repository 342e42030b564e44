import { z } from 'zod';
import { nonEmptyList, options, text, texts } from '../fields';
import { OPERATIONS } from '../routing';

/** Who makes a request, proved by a token or a certificate. */
export interface Principal {
  /**
   * Subject of the token, the name of a static one, or the name in a certificate. Unique only together with
   * `issuer`.
   */
  readonly id: string;
  /** `iss` of the token, `bearer` for a static one, or `client-certificate`. */
  readonly issuer: string;
  /** What proved it. */
  readonly method: 'jwt' | 'jwt-extras' | 'jwt-cookie' | 'bearer' | 'client-certificate';
  readonly groups: readonly string[];
  /** What the token's permissions claim says, where one is read. */
  readonly permissions: readonly NamespacePermission[];
  /** Claims of the token; empty where there is no JSON Web Token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What a static token may, where that is configured with it. */
  readonly grants: readonly Grant[] | undefined;
}

/** What a grant consists of. */
export class GrantFields {
  /** Names of namespaces; `*` stands for any characters. */
  readonly namespaces = texts();

  /** What is allowed there; who may decode may inspect. */
  readonly operations = nonEmptyList(z.enum(OPERATIONS, `must be one of ${OPERATIONS.join(', ')}.`));

  /**
   * What is seen of decoded payloads: the name of one of the server's `policies`, or `full`. Needed for
   * `decode` and `download` where there are `policies`, and not to be given where there are none.
   */
  readonly policy = text().optional();
}

/** What {@link Grant} is checked by. */
export const GRANT = options(new GrantFields());

/** Operations in namespaces. */
export interface Grant extends z.input<typeof GRANT> {}

/** One entry of a permissions claim: a role of Temporal's default claim mapper in a namespace. */
export interface NamespacePermission {
  /** Literal name; `temporal-system` means every namespace. */
  readonly namespace: string;
  readonly role: 'read' | 'write' | 'worker' | 'admin';
  /** The decode policy that comes with the role, where there are `policies`. */
  readonly policy?: string;
}
