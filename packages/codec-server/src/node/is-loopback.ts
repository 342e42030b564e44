import { isIPv4 } from 'node:net';

/** Whether a host name or address can only be reached from this machine. IPv6 addresses may stand in brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}
