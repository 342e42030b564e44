import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '@waxseal/core';
import type { TrustedProxies } from '../http/client-address';
import { asList } from './as-list';

/** @throws ConfigurationError that names the entry */
export function resolveTrustedProxies(value: unknown): TrustedProxies {
  const proxies = new BlockList();
  asList(value ?? [], 'trustedProxies').forEach((entry, index) => {
    try {
      const [address = '', bits] = String(entry).split('/');
      const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) proxies.addAddress(address, type);
      else proxies.addSubnet(address, /^\d+$/.test(bits) ? Number(bits) : -1, type);
    } catch {
      throw new ConfigurationError(
        `trustedProxies[${String(index)}] must be an IP address or a network, such as "10.0.0.7" or "10.0.0.0/8".`,
      );
    }
  });
  return proxies;
}
