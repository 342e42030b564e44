import { AzureAnswerError } from './azure-answer-error';
import {
  AZURE_ERROR_REASONS,
  codesOfAzureError,
  NETWORK_ERROR_REASONS,
  reasonOfAzureError,
  type AzureErrorShape,
} from './azure-errors';
import type { KeyVaultExchange } from './key-vault-exchange';

/** Longest text of the service that is kept, in UTF-16 code units. */
const MAX_TEXT = 500;
/** A data key in base64url has 43 characters, a token hundreds; a key version has 32, a GUID 36. */
const LONG_RUN = /[A-Za-z0-9+/=_.-]{40,}/g;
const CHALLENGE = /^The challenge (?:resource|contains invalid scope|authorization URI)/;

/**
 * What stands for an error of the SDK, safe to log. A `RestError` holds the request, with the bearer token and the data key, in
 * members that cannot be removed; a parser's error quotes the answer. So none is passed on: names, codes and the status are, and
 * the service's own message where its code is known.
 *
 * @returns an `AzureAnswerError` with the reason of {@link reasonOfAzureError}
 */
export function withoutSecrets(error: unknown, exchange: KeyVaultExchange): AzureAnswerError {
  if (error instanceof AzureAnswerError) return error;
  const shape = (error ?? {}) as AzureErrorShape;
  const { code, innererrorCode } = codesOfAzureError(shape);
  const status = shape.statusCode ?? exchange.statusCode;
  const statusCode = typeof status === 'number' ? status : undefined;
  const name = /^\w{1,64}$/.test(String(shape.name)) ? String(shape.name) : undefined;
  const what = [name, statusCode, code, innererrorCode].filter((part) => part !== undefined).map(String);
  return new AzureAnswerError(
    `Azure Key Vault, ${exchange.operation}: ${what.join(' ')}${textOf(shape, code)}`,
    reasonOfAzureError(error, exchange),
    { originalName: name, code, innererrorCode, statusCode },
  );
}

function textOf({ message }: AzureErrorShape, code: string | undefined): string {
  const text = String(message);
  if (CHALLENGE.test(text)) {
    return '. The vault’s challenge names another domain than the vault’s; for a private cloud set clientOptions.disableChallengeResourceVerification.';
  }
  const loginCode = /AADSTS\d{1,9}/.exec(text)?.[0];
  if (loginCode !== undefined) return ` ${loginCode}.`;
  // A refused parameter could be quoted: it is the data key or the wrapped key.
  const isTold =
    code !== undefined &&
    code !== 'BadParameter' &&
    (AZURE_ERROR_REASONS.has(code) || NETWORK_ERROR_REASONS.has(code));
  return isTold
    ? `: ${text.slice(0, MAX_TEXT).replace(LONG_RUN, '[…]')}`
    : '; its text is left out, since it can hold secrets.';
}
