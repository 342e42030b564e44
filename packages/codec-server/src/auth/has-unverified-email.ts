/**
 * Whether a token says of its address anything but that its issuer has verified it: anybody may have typed it in. Some issuers,
 * Apple among them, write the claim as a text.
 */
export function hasUnverifiedEmail(claims: Readonly<Record<string, unknown>>): boolean {
  const verified = claims['email_verified'];
  return verified !== undefined && verified !== true && verified !== 'true';
}
