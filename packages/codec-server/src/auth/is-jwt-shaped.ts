/** Whether a token has the three parts of a signed JSON Web Token (RFC 7515 §7.1). The signature may be empty. */
export function isJwtShaped(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}
