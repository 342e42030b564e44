import { isLoopback } from '../node/is-loopback';

/** Whether a URL is HTTPS, or HTTP on loopback, and holds no password. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
