import { cookieValues } from './cookie-values';
import type { TokenSource } from './token-source';
import { unauthorized } from './unauthorized';

// What a page makes of a token that it does not have.
const NOTHING: ReadonlySet<string> = new Set(['', 'undefined', 'null']);

/**
 * The token that a request has at one place.
 *
 * @param allowedOrigins origins whose pages may use cookies
 * @returns undefined when there is none, or only the word `undefined`
 * @throws RequestError 401 when what stands there cannot be a token
 */
export function presentedToken(
  { headers }: Request,
  source: TokenSource,
  allowedOrigins: ReadonlySet<string>,
): string | undefined {
  const token =
    source === 'authorization'
      ? bearerOf(headers.get('Authorization'))
      : source === 'authorization-extras'
        ? headers.get('Authorization-Extras')?.trim()
        : cookieOf(headers, source.cookie, allowedOrigins);
  return token === undefined || NOTHING.has(token) ? undefined : token;
}

function bearerOf(header: string | null): string | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const [, scheme = '', token = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  if (scheme.toLowerCase() !== 'bearer') {
    throw unauthorized(
      'AUTHORIZATION_SCHEME',
      'Authorization must read "Bearer <token>". With the CLI, give the whole of it: --codec-auth "Bearer <token>".',
    );
  }
  return token;
}

function cookieOf(headers: Headers, name: string, allowedOrigins: ReadonlySet<string>): string | undefined {
  const [value, second] = cookieValues(headers.get('Cookie') ?? '', name);
  if (value === undefined) return undefined;
  if (second !== undefined) {
    throw unauthorized(
      'COOKIE_AMBIGUOUS',
      `There are two cookies named ${name}. Delete those of this site and sign in again.`,
    );
  }
  // A browser sends the cookie whoever made the page; only the origin says who did (CSRF).
  const origin = headers.get('Origin');
  if (origin === null || !allowedOrigins.has(origin)) {
    throw unauthorized(
      'COOKIE_WITHOUT_ORIGIN',
      'A cookie is accepted from the pages of an allowed origin only. Other programs must send Authorization.',
    );
  }
  return value;
}
