import type { Fault } from '../fault';
import { latency } from './latency';

/** Answers come 30 s late. */
export const latency30s: Fault = {
  ...latency(30),
  sees: {
    workflows: 'As for 10 s.',
    activities: 'As for 10 s.',
    failures: 'Are encrypted as ever.',
    clients: 'As for 10 s.',
    recovery: 'By itself. No deadline below Temporal’s 10 s for a workflow task can wait for it.',
  },
};
