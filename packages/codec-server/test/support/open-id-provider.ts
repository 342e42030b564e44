import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running OpenID provider. */
export interface OpenIdProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

/** What a provider is told. */
interface OpenIdProviderOptions {
  /** Where the client `codec-page` is sent back to. */
  readonly redirectUri: string;
  /** Whether pages of the redirect URI's origin may fetch tokens. */
  readonly allowsOrigin?: boolean;
  readonly tokenSeconds?: number;
}

/** The `aud` of its access tokens for `resource=urn:codec-server`. */
export const RESOURCE = 'urn:codec-server';

/** Starts a provider, in a process of its own: it is an ES module, which Jest cannot load. */
export async function startOpenIdProvider({
  redirectUri,
  allowsOrigin = true,
  tokenSeconds = 300,
}: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const origin = allowsOrigin ? new URL(redirectUri).origin : 'none';
  const program = join(__dirname, 'run-open-id-provider.mjs');
  const child: ChildProcess = spawn(process.execPath, [program, redirectUri, origin, String(tokenSeconds)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  if (child.stdout === null) throw new Error('The provider has no output.');
  const [issuer] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => {
      throw new Error('The provider has ended. Run run-open-id-provider.mjs by hand to see why.');
    }),
  ])) as [string];
  return {
    issuer,
    stop: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}
