import type { RequestError } from '../http/request-error';
import { unauthorized } from './unauthorized';

const UI_MISTAKE = /^bearer\s+(undefined|null)$/i;

/** The refusal of a request that has no token. It tells users of the Web UI and of the CLI apart where it can. */
export function missingToken({ headers }: Request): RequestError {
  if (UI_MISTAKE.test(headers.get('Authorization')?.trim() ?? '')) {
    return unauthorized(
      'TOKEN_UNDEFINED',
      'The Web UI was told to pass an access token and has none. Sign in to the Web UI; if it has no sign-in, turn off "Pass the user access token" at the glasses.',
    );
  }
  return unauthorized(
    'TOKEN_MISSING',
    'This Codec Server asks who you are. In the Web UI, turn on "Pass the user access token" (the endpoint must be HTTPS) or "Include cross-origin credentials" at the glasses; with the CLI, give --codec-auth "Bearer <token>".',
  );
}
