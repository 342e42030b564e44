/** What the environment names for `DefaultAzureCredential`, in its order; no value is shown. */
export function credentialSource(environment: NodeJS.ProcessEnv): {
  readonly source: string;
  readonly nextStep: string;
} {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  const login =
    'Check that the login endpoint (AZURE_AUTHORITY_HOST) can be reached, directly or by HTTPS_PROXY';
  if (isSet('AZURE_CLIENT_ID') && isSet('AZURE_CLIENT_SECRET')) {
    return { source: 'AZURE_CLIENT_ID with AZURE_CLIENT_SECRET', nextStep: login };
  }
  if (isSet('AZURE_FEDERATED_TOKEN_FILE')) {
    return { source: 'workload identity (AZURE_FEDERATED_TOKEN_FILE)', nextStep: login };
  }
  if (isSet('IDENTITY_ENDPOINT')) {
    return {
      source: 'the managed identity endpoint (IDENTITY_ENDPOINT)',
      nextStep: 'Check the identity of the app; behind a proxy, put the endpoint into NO_PROXY',
    };
  }
  return {
    source: 'a managed identity or the Azure CLI, since no variable names another source',
    nextStep:
      'Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_FEDERATED_TOKEN_FILE), give the machine a managed identity (behind a proxy, with 169.254.169.254 in NO_PROXY), or run "az login"',
  };
}

/** A token did not come in time. */
export class MissingTokenError extends Error {
  override readonly name = 'MissingTokenError';

  constructor() {
    const { source, nextStep } = credentialSource(process.env);
    super(`No token was obtained in time; where DefaultAzureCredential asks, from ${source}. ${nextStep}.`);
  }
}

/**
 * What codes of Microsoft Entra ID say of a setting. Source: "Microsoft Entra authentication and
 * authorization error codes".
 */
export const LOGIN_CODES: ReadonlyMap<string, string> = new Map([
  ['AADSTS7000215', 'AZURE_CLIENT_SECRET is not the value of a secret of AZURE_CLIENT_ID.'],
  ['AADSTS7000222', 'AZURE_CLIENT_SECRET has expired: add a secret to the application and set it.'],
  ['AADSTS700016', 'AZURE_CLIENT_ID is no application of AZURE_TENANT_ID.'],
  ['AADSTS90002', 'AZURE_TENANT_ID is no directory of AZURE_AUTHORITY_HOST.'],
  ['AADSTS900023', 'AZURE_TENANT_ID is neither a GUID nor a domain.'],
  ['AADSTS700027', 'The certificate of AZURE_CLIENT_CERTIFICATE_PATH is not one of AZURE_CLIENT_ID.'],
  ['AADSTS700213', 'No federated credential of AZURE_CLIENT_ID fits the subject: check the service account.'],
  ['AADSTS70021', 'No federated credential of AZURE_CLIENT_ID fits the token: check issuer and subject.'],
  ['AADSTS700024', 'The token of AZURE_FEDERATED_TOKEN_FILE has ended, or this clock is wrong.'],
  ['AADSTS500011', 'The directory does not know Key Vault: check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST.'],
]);

/** The members that are looked at. */
interface ErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
}

/**
 * A sentence that names the setting and the next step; `undefined` where the reason says enough.
 *
 * @param statusCode of the service's answer, where there was one
 */
export function settingOf(error: unknown, statusCode: number | undefined): string | undefined {
  const { name, message, code, syscall } = (error ?? {}) as ErrorShape;
  if (error instanceof MissingTokenError) return error.message;
  const loginCode = /AADSTS\d{1,9}/.exec(String(message))?.[0];
  if (loginCode !== undefined) {
    const text = LOGIN_CODES.get(loginCode) ?? 'https://login.microsoftonline.com/error explains the code.';
    return `The login was refused with ${loginCode}: ${text}`;
  }
  if (syscall === 'open' || /ENOENT|EACCES/.test(String(code))) {
    return 'A file of the credentials cannot be read. Check AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_CERTIFICATE_PATH.';
  }
  if (/^(?:CredentialUnavailable|AggregateAuthentication|AuthenticationRequired)Error$/.test(String(name))) {
    const { source, nextStep } = credentialSource(process.env);
    return `No Azure credential gave a token: looked for in ${source}. ${nextStep}.`;
  }
  if (statusCode === 401) {
    return 'Azure Key Vault refused the token, and a new one too. Check that AZURE_TENANT_ID is the directory of the vault, and this machine’s clock.';
  }
  return undefined;
}
