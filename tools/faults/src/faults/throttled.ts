import type { Fault } from '../fault';
import { outage } from './outage';

/** Half of the requests are refused for want of quota. */
export const throttled: Fault = {
  id: 'throttled-half',
  title: 'Key service throttles half of the requests',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Every request is refused with a probability of one half; orders come from six more clients.',
  ends: 'Nothing is refused any more, after 6 s.',
  expected: 'Everything goes on; a request is repeated within its deadline, a workflow task at the worst.',
  sees: {
    workflows: 'Go on; now and then a `WorkflowTaskFailed` that is repeated at once.',
    activities: 'Go on.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on; now and then `KeyServiceError … throttled`.',
    recovery: 'Nothing to do. When it lasts, raise the quota, or `maxAge` and `cacheTtl`.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.throttle(0.5);
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 6_000,
    strangers: 'may pass',
    strangeClients: 6,
  }),
};
