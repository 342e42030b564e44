import { isIP, isIPv6, BlockList } from 'node:net';
import { z } from 'zod';
import { list } from './fields';

/** Proxies whose `X-Forwarded-For` is believed. */
export type TrustedProxies = Pick<BlockList, 'check'>;

const WITH_PORT = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/;
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
const MAX_HOPS = 32;

/**
 * The address that a request comes from: the peer's, and behind proxies that are trusted the one that the
 * last of them took it from. Whatever a client wrote into the header itself stands further left, and is not
 * looked at.
 *
 * @param peer address of the other end of the connection
 * @param forwardedFor value of `X-Forwarded-For`
 * @returns undefined where the peer is not known
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string | undefined {
  let address = peer === undefined ? undefined : plainAddress(peer);
  if (address === undefined || forwardedFor === undefined) return address;
  const hops = forwardedFor.split(',').slice(-MAX_HOPS);
  while (isTrusted(address, trusted)) {
    const hop = plainAddress(hops.pop() ?? '');
    if (hop === undefined) break;
    address = hop;
  }
  return address;
}

/**
 * What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, of which one client has
 * all.
 *
 * @param address as {@link clientAddress} returns it
 */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined || !isIPv6(address)) return address ?? '';
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname
    .slice(1, -1)
    .split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (groups.length + after.length < 8) groups.push('0');
  return [...groups, ...after].slice(0, 4).join(':');
}

function isTrusted(address: string, trusted: TrustedProxies): boolean {
  return trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Without port, brackets and the IPv6 form of an IPv4 address; undefined for what is no address. */
function plainAddress(text: string): string | undefined {
  const given = text.trim();
  const [, inBrackets, before] = isIP(given) === 0 ? (WITH_PORT.exec(given) ?? []) : [];
  const address = (inBrackets ?? before ?? given).replace(MAPPED, '');
  return isIP(address) === 0 ? undefined : address;
}

const ENTRY = 'must be an IP address or a network, such as "10.0.0.7" or "10.0.0.0/8".';

/** Addresses and networks of proxies that are trusted; {@link clientAddress} takes what comes out. */
export function trustedProxies() {
  return list(z.string(ENTRY).refine((entry) => add(new BlockList(), entry), ENTRY))
    .transform((entries) => {
      const proxies = new BlockList();
      for (const entry of entries) add(proxies, entry);
      return proxies;
    })
    .prefault([]);
}

/** @returns whether `entry` is an address or a network */
function add(proxies: BlockList, entry: string): boolean {
  try {
    const [address = '', bits] = entry.split('/');
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) proxies.addAddress(address, type);
    else proxies.addSubnet(address, /^\d+$/.test(bits) ? Number(bits) : -1, type);
    return true;
  } catch {
    return false;
  }
}
