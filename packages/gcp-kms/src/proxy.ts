import { BlockList, isIP } from 'node:net';
import {
  isLoopback,
  proxyFromEnvironment,
  type Environment,
  type EnvironmentProxy,
} from '@waxseal/core/provider';

/** Where a channel connects to, and for whom. */
type ChannelTarget = Readonly<Record<string, string | number>>;

/**
 * Options of a client of `host:port` whose channel goes through a proxy, where the environment names one.
 * gRPC for Node.js reads `grpc_proxy`, `https_proxy`, `http_proxy`, `no_grpc_proxy` and `no_proxy`, each in
 * lower case alone; these are read here, with those in capitals behind them. An endpoint on this machine is
 * never reached through a proxy.
 *
 * @throws ConfigurationError when the proxy is not one that gRPC can use
 */
export function channelTarget(host: string, port: number, environment: Environment): ChannelTarget {
  const proxy = proxyFor(host, port, environment);
  const direct = { 'grpc.enable_http_proxy': 0 };
  if (proxy === undefined) return { ...direct, port };
  const { url, credentials } = proxy;
  const authority = port === 443 ? host : `${host}:${String(port)}`;
  return {
    ...direct,
    servicePath: url.hostname,
    port: Number(url.port === '' ? 80 : url.port),
    'grpc.http_connect_target': `dns:${host}:${String(port)}`,
    'grpc.default_authority': authority,
    ...(credentials === '' ? {} : { 'grpc.http_connect_creds': credentials }),
  };
}

const PROXIES = ['grpc_proxy', 'https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
const EXCEPTIONS = ['no_grpc_proxy', 'no_proxy', 'NO_PROXY'];

function proxyFor(host: string, port: number, environment: Environment): EnvironmentProxy | undefined {
  const exceptions = EXCEPTIONS.find((name) => environment[name]) ?? '';
  const isHere = isLoopback(host) || host.toLowerCase() === 'localhost.';
  if (isHere || isExcepted(host, port, environment[exceptions] ?? '')) return undefined;
  return proxyFromEnvironment(
    environment,
    PROXIES,
    ['http:'],
    ` gRPC, by which Google Cloud KMS is reached, takes no other: set grpc_proxy to one for it, or name ${host} in NO_PROXY.`,
  );
}

/** Whether a list of names, domains, addresses and CIDR blocks, separated by commas, holds a host. */
function isExcepted(host: string, port: number, list: string): boolean {
  return list.split(/[,\s]+/).some((entry) => {
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (name === '' || (only !== undefined && Number(only) !== port)) return false;
    const domain = name.replace(/^\*?\./, '').toLowerCase();
    return (
      name === '*' || host === domain || host.toLowerCase().endsWith(`.${domain}`) || isWithin(host, name)
    );
  });
}

function isWithin(host: string, block: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  if (isIP(host) !== 4 || isIP(address) !== 4 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return false;
  const blocks = new BlockList();
  blocks.addSubnet(address, Number(bits));
  return blocks.check(host);
}
