/** Claims that name the caller, in the order of telling. */
const CLAIMS = ['upn', 'appid', 'azp', 'oid', 'tid'] as const;
const PLAIN = /^[\w.@#-]{1,128}$/;

/**
 * Whom an access token of Microsoft Entra ID names, from its claims: `appid=…, oid=…, tid=…`. The token is for the service, and
 * its signature is not checked here: this is for a person to read, and nothing is decided by it.
 *
 * @returns `undefined` when the token is no JWT, or names nobody
 */
export function callerOfToken(token: string | undefined): string | undefined {
  const [, body] = token?.split('.') ?? [];
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const told = CLAIMS.flatMap((name) => {
    const value: unknown = Reflect.get(claims, name);
    return typeof value === 'string' && PLAIN.test(value) ? [`${name}=${value}`] : [];
  });
  return told.length === 0 ? undefined : told.join(', ');
}
