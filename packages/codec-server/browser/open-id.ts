import { textOfBase64, toBase64Url } from './bytes';

/** An issuer at which the reader can sign in, as the server tells it. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly token: 'access' | 'id';
  readonly endpoints?: {
    readonly authorization: string;
    readonly token: string;
    readonly namesIssuer: boolean;
  };
}

/** A sign-in that was begun: what its answer is checked by (RFC 7636, OpenID Connect Core §3.1.2.1). */
export interface Begun {
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A token, and until when. */
export interface SignedIn {
  readonly header: readonly [name: string, value: string];
  /** The reader's name, as the issuer gives it. */
  readonly name: string;
  /** By the clock of this machine; undefined where the issuer does not say. */
  readonly expiresAt: number | undefined;
}

/** Begins a sign-in by the code flow with PKCE. */
export async function begin(
  { issuer, clientId, scope, parameters, endpoints }: Provider,
  redirectUri: string,
): Promise<{ readonly begun: Begun; readonly address: string }> {
  if (endpoints === undefined) {
    throw new Error(`${issuer} does not answer the server at present. Load the page again in a moment.`);
  }
  // Only pages of HTTPS and of loopback have it.
  if ((crypto as { readonly subtle?: unknown }).subtle === undefined)
    throw new Error('Signing in needs a page over HTTPS.');
  const begun = { issuer, state: random(), nonce: random(), verifier: random() };
  const address = new URL(endpoints.authorization);
  const query = {
    ...parameters,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await challengeOf(begun.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return { begun, address: address.href };
}

/** 256 bits: RFC 7636 §4.1 asks for as many. */
function random(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challengeOf(verifier: string): Promise<string> {
  return toBase64Url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
  );
}

/** Whether an address is one that an issuer has sent the reader back to. */
export function isAnswer(query: URLSearchParams): boolean {
  return query.has('state') && (query.has('code') || query.has('error'));
}

/**
 * Takes an issuer's answer, once it is checked against what was begun.
 *
 * @returns the code
 * @throws Error with a message for the reader
 */
export function codeOf(
  query: URLSearchParams,
  begun: Begun | undefined,
  provider: Provider | undefined,
): string {
  if (begun === undefined || query.get('state') !== begun.state || provider?.endpoints === undefined) {
    throw new Error('This is no answer to a sign-in that was begun in this tab. Sign in again.');
  }
  // RFC 9207: else the code of one issuer could be sent to another.
  const named = query.get('iss');
  if (named === null ? provider.endpoints.namesIssuer : named !== begun.issuer) {
    throw new Error('The answer is of another issuer than the one that was asked. Sign in again.');
  }
  const error = query.get('error');
  if (error !== null) throw new Error(refusalOf(provider.issuer, error, query.get('error_description')));
  return query.get('code') ?? '';
}

const TIMEOUT_MS = 15_000;

/**
 * Has an issuer give tokens for a code.
 *
 * @throws Error with a message for the reader
 */
export async function tokensFor(
  code: string,
  { nonce, verifier }: Begun,
  provider: Provider,
  redirectUri: string,
): Promise<SignedIn> {
  const { issuer, clientId, parameters, endpoints } = provider;
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: verifier,
    // RFC 8707 §2.2: it may be narrowed here, and some issuers want it again.
    ...(parameters['resource'] === undefined ? {} : { resource: parameters['resource'] }),
  });
  let status: number;
  let answer: unknown;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = { method: 'POST', body, credentials: 'omit', redirect: 'error', signal } as const;
    const response = await fetch(endpoints?.token ?? '', request);
    status = response.status;
    answer = await response.json().catch(() => undefined);
  } catch {
    throw new Error(
      `${issuer} does not let this page fetch a token. Check that its client ${clientId} allows the origin ${new URL(redirectUri).origin} (CORS) and has no secret.`,
    );
  }
  const said = isObject(answer) ? answer : {};
  if (status !== 200)
    throw new Error(refusalOf(issuer, said['error'] ?? String(status), said['error_description']));
  return signedIn(said, nonce, provider);
}

/** By OpenID Connect Core §3.1.3.7: the ID token came from the issuer over TLS, which vouches for it. */
function signedIn(answer: Json, nonce: string, { issuer, clientId, token }: Provider): SignedIn {
  const { access_token: access, id_token: id, token_type: type, expires_in: seconds } = answer;
  const claims = claimsOf(id);
  if (typeof id !== 'string' || claims === undefined) throw new Error(`${issuer} gave no ID token.`);
  const audience = [claims['aud']].flat();
  const isForPage = audience.includes(clientId) && (audience.length === 1 || claims['azp'] === clientId);
  if (claims['iss'] !== issuer || !isForPage || claims['nonce'] !== nonce) {
    throw new Error('The ID token is not for this sign-in. Sign in again.');
  }
  const name = [claims['email'], claims['preferred_username'], claims['name'], claims['sub']].find(
    (claim) => typeof claim === 'string' && claim !== '',
  ) as string | undefined;
  const shown = (name ?? 'somebody without a name').slice(0, 200);
  if (token === 'id') {
    return { header: ['Authorization-Extras', id], name: shown, expiresAt: timeOf(claims['exp']) };
  }
  if (
    typeof access !== 'string' ||
    String(type).toLowerCase() !== 'bearer' ||
    claimsOf(access) === undefined
  ) {
    throw new Error(
      `${issuer} gave an access token that only it can read. An operator has to ask for one for this server (signIn.parameters), or have ID tokens sent (from: 'authorization-extras').`,
    );
  }
  const lifetime = typeof seconds === 'number' ? Date.now() + seconds * 1000 : undefined;
  return {
    header: ['Authorization', `Bearer ${access}`],
    name: shown,
    expiresAt: lifetime ?? timeOf(claimsOf(access)?.['exp']),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The claims of a JSON Web Token, which nothing has verified. */
function claimsOf(token: unknown): Json | undefined {
  if (typeof token !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  try {
    const claims: unknown = JSON.parse(textOfBase64(token.split('.')[1] ?? ''));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function timeOf(seconds: unknown): number | undefined {
  return typeof seconds === 'number' ? seconds * 1000 : undefined;
}

function refusalOf(issuer: string, error: unknown, description: unknown): string {
  const code = typeof error === 'string' ? error.slice(0, 100) : 'for no reason that it says';
  const more = typeof description === 'string' && description !== '' ? `: ${description.slice(0, 300)}` : '';
  return `${issuer} refused the sign-in (${code})${more}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
