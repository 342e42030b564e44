/**
 * Whether a token says that its address is one that its issuer has not verified, so that anybody may have typed it in. Some
 * issuers, Apple among them, write the claim as a text.
 */
export function hasUnverifiedEmail(claims: Readonly<Record<string, unknown>>): boolean {
  const verified = claims['email_verified'];
  return verified === false || (typeof verified === 'string' && verified.toLowerCase() !== 'true');
}
