import type { Fault } from '../fault';
import { outage } from './outage';

/** The network breaks while the key service answers. */
export const cutInAnswers: Fault = {
  id: 'cut-in-answers',
  title: 'Network cut in the middle of answers',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Every connection is cut after half of an answer’s bytes.',
  ends: 'Answers arrive whole again after 5 s.',
  expected: 'As in an outage; half an answer is never taken for one.',
  sees: {
    workflows: 'As when the key service is down.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: 'As when the key service is down.',
    recovery: 'By itself.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.cut();
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};
