import { Agent } from 'node:https';
import type { CryptographyClientOptions } from '@azure/keyvault-keys';

type AdditionalPolicy = NonNullable<CryptographyClientOptions['additionalPolicies']>[number];

/**
 * Sends the requests of a key's clients over connections of their own, which are kept. The SDK would keep
 * them where they cannot be got at: once a request was given up, those that are idle may have been lost on
 * the way too, and each would cost one more attempt. So they end with it. Requests that go through a proxy,
 * or that an agent of the application sends, are left as they are.
 */
export function ownConnections(): AdditionalPolicy {
  const agents = new Map<string, Agent>();
  return {
    position: 'perRetry',
    policy: {
      name: 'waxsealConnections',
      sendRequest: async (request, next) => {
        if (request.agent !== undefined || !request.url.startsWith('https:')) return next(request);
        const { host } = new URL(request.url);
        const agent = agents.get(host) ?? new Agent({ ...request.tlsSettings, keepAlive: true });
        agents.set(host, agent);
        try {
          return await next(Object.assign(request, { agent }));
        } catch (error) {
          if (request.abortSignal?.aborted === true) {
            for (const sockets of Object.values(agent.freeSockets)) {
              for (const socket of sockets ?? []) socket.destroy();
            }
          }
          throw error;
        }
      },
    },
  };
}
