import { ConfigurationError } from '@waxseal/core';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL of a server, without a slash at its end.
 *
 * @param allowInsecureHttp whether `http:` may lead off this machine
 * @throws ConfigurationError when it is no such URL
 */
export function parseVaultAddress(address: unknown, allowInsecureHttp: boolean): string {
  const url = typeof address === 'string' ? parse(address) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    [url.username, url.password, url.search, url.hash].some((part) => part !== '')
  ) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be an http: or https: URL without credentials, query or fragment, such as "https://vault.example.com:8200".',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && !allowInsecureHttp) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be https:, because data keys and the token travel in the requests. Where the network encrypts by itself, set allowInsecureHttp: true.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parse(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
