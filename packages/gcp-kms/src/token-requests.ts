import { createRequire } from 'node:module';
import type { Environment } from '@waxseal/core/provider';

/** The part of a request of `gaxios` that is used. */
interface GaxiosRequest {
  readonly url?: URL;
  signal?: AbortSignal | null;
}

/** The part of a `Gaxios` that is used: what Google's libraries ask for tokens by. */
interface Gaxios {
  readonly defaults: { noProxy?: (string | URL | RegExp)[] };
  readonly interceptors: {
    readonly request: {
      add(interceptor: { resolved(request: GaxiosRequest): Promise<GaxiosRequest> }): unknown;
    };
  };
}

/** Longer than an attempt at a key service has by default, so that its own deadline is what ends that. */
const SILENT_MS = 15_000;

const bounded = new WeakSet<object>();

/**
 * Ends requests for tokens that are not answered. Google's libraries wait for ever where they run in Google
 * Cloud or ask through a proxy, and each client that is given up would leave a socket behind.
 *
 * @param gaxios anything: what is no `Gaxios` is left, and each is bounded once
 * @param silentMs milliseconds for a whole request, in the place of 15 seconds
 * @param concerns which requests; all by default
 */
export function endSilentRequests(
  gaxios: unknown,
  silentMs = SILENT_MS,
  concerns: (url: URL | undefined) => boolean = () => true,
): void {
  const { interceptors } = (gaxios ?? {}) as { readonly interceptors?: Partial<Gaxios['interceptors']> };
  if (typeof interceptors?.request?.add !== 'function' || bounded.has(interceptors)) return;
  bounded.add(interceptors);
  interceptors.request.add({
    resolved: (request) => {
      const { signal: given, url } = request;
      if (!concerns(url)) return Promise.resolve(request);
      const end = new AbortController();
      setTimeout(() => {
        end.abort(new DOMException('The request for a token was not answered.', 'TimeoutError'));
      }, silentMs).unref();
      const giveUp = (): void => {
        end.abort(given?.reason);
      };
      if (given?.aborted === true) giveUp();
      // The listener goes with the request, at the latest when its time is over.
      else given?.addEventListener('abort', giveUp, { once: true, signal: end.signal });
      return Promise.resolve(Object.assign(request, { signal: end.signal }));
    },
  });
}

const METADATA_SERVERS = ['169.254.169.254', 'metadata.google.internal', 'metadata.google.internal.'];

/**
 * Keeps requests to the metadata server away from proxies, which Google's libraries send there too: its
 * tokens are for this machine. In a program that was bundled it is not found, and `NO_PROXY` must name it.
 *
 * @param environment may name another server (`GCE_METADATA_HOST`, `GCE_METADATA_IP`)
 */
export function keepMetadataServerOffProxies(environment: Environment): void {
  const defaults = gaxiosOfMetadata()?.defaults;
  if (defaults === undefined) return;
  try {
    const own = [environment['GCE_METADATA_HOST'], environment['GCE_METADATA_IP']]
      .filter((host) => host !== undefined && host !== '')
      .map((host) => new URL(/^https?:/.test(host ?? '') ? String(host) : `http://${String(host)}`).hostname);
    const { noProxy = [] } = defaults;
    const missing = [...METADATA_SERVERS, ...own].filter((host) => !noProxy.includes(host));
    defaults.noProxy = [...noProxy, ...missing];
  } catch {
    // No host that a URL can have: the libraries say so.
  }
}

/**
 * Bounds requests to the metadata server, as {@link endSilentRequests} does. No others: where packages are
 * shared, the application asks by the same object.
 */
export function endSilentMetadataRequests(): void {
  endSilentRequests(gaxiosOfMetadata(), SILENT_MS, isToMetadataServer);
}

function isToMetadataServer(url: URL | undefined): boolean {
  return url?.pathname.startsWith('/computeMetadata/') === true;
}

let ofMetadata: { readonly gaxios: Gaxios | undefined } | undefined;

/**
 * What `gcp-metadata` asks by, looked for once: each request to the service comes by here.
 *
 * @returns `undefined` where there is another version of the libraries, or none beside this file
 */
function gaxiosOfMetadata(): Gaxios | undefined {
  ofMetadata ??= { gaxios: findGaxiosOfMetadata() };
  return ofMetadata.gaxios;
}

function findGaxiosOfMetadata(): Gaxios | undefined {
  try {
    const path = ['@google-cloud/kms', 'google-gax', 'google-auth-library', 'gcp-metadata'].reduce(
      (from, name) => createRequire(from).resolve(name),
      __filename,
    );
    return (createRequire(path)('gaxios') as { readonly instance?: Gaxios }).instance;
  } catch {
    return undefined;
  }
}
