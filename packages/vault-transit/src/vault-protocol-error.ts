/** An HTTP success of which the body is not what Vault or OpenBao answers. The message holds nothing of the body. */
export class VaultProtocolError extends Error {
  override readonly name = 'VaultProtocolError';
}
