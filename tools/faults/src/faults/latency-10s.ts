import type { Fault } from '../fault';
import { latency } from './latency';

/** Answers come 10 s late. */
export const latency10s: Fault = {
  ...latency(10),
  sees: {
    workflows: 'As when the key service is down, but the workflow task fails after 6 s.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: '`KeyServiceError … timeout` after 6 s, where the data key is not in memory.',
    recovery: 'By itself. No deadline below Temporal’s 10 s for a workflow task can wait for it.',
  },
};
