const HOSTS: ReadonlySet<string> = new Set([
  'login.tmprl.cloud',
  'prod-tmprl.us.auth0.com',
  'accounts.google.com',
  'gitlab.com',
  'token.actions.githubusercontent.com',
  'appleid.apple.com',
]);

// Microsoft's tenant for personal accounts.
const PERSONAL_ACCOUNTS = '/9188040d-6c67-4c5b-b112-36a304b66dad/';

/** Whether an issuer signs tokens for anybody who opens an account there, so that its signature says little. */
export function isSharedIssuer(issuer: string): boolean {
  const { hostname, pathname } = new URL(issuer);
  return (
    HOSTS.has(hostname) ||
    (hostname === 'login.microsoftonline.com' && pathname.startsWith(PERSONAL_ACCOUNTS))
  );
}
