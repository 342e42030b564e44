import { AzureKeyVaultDouble } from './azure-key-vault-double';
import type { AzureKeyVaultDoubleOptions } from './azure-key-vault-double-options';
import { loopbackCertificate } from '../tls/loopback-certificate';
import { LoginService } from './login-service';
import { rsaKeyPair } from './rsa-key-pool';
import { TokenIssuer } from './token-issuer';

/** Index of a pair that no key of a vault takes. */
const TOKENS = 0;

/**
 * Starts a double of Azure Key Vault, or of a Managed HSM, on a free port of the loopback interface: an HTTPS server with the
 * service's 401 challenge and checked tokens, a login endpoint that issues them, and real RSA and AES key wrap. All keys are in
 * memory. Close it when the tests end.
 *
 * @example
 * const vault = await startAzureKeyVaultDouble();
 * const key = await vault.createKey();
 * const client = new CryptographyClient(key.url, vault.credential, vault.clientOptions);
 */
export async function startAzureKeyVaultDouble(
  options: AzureKeyVaultDoubleOptions = {},
): Promise<AzureKeyVaultDouble> {
  const certificate = await loopbackCertificate();
  const issuer = new TokenIssuer(await rsaKeyPair(2048, TOKENS));
  const login = new LoginService(issuer, options.tokenLifetimeSeconds ?? 3600);
  const double = new AzureKeyVaultDouble(options, certificate, login, issuer);
  await double.listen();
  return double;
}
