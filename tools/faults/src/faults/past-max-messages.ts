import type { Fault } from '../fault';
import { pastLimit } from './past-limit';
import { PAST_LIMIT_REPEATS } from './past-limit-repeats';

/** Data key past `maxMessages` in an outage. */
export const pastMaxMessages: Fault = {
  id: 'past-max-messages',
  title: 'Data key past `maxMessages` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  short: 'OpenBao',
  begins: 'Connections are reset; the data key has encrypted 20 payloads.',
  ends: 'Connections are taken again.',
  expected: 'As past `maxStaleAge`.',
  repeats: PAST_LIMIT_REPEATS,
  sees: {
    workflows: 'As past `maxStaleAge`.',
    activities: 'As past `maxStaleAge`.',
    failures: 'As past `maxStaleAge`.',
    clients: 'As past `maxStaleAge`.',
    recovery: 'As past `maxStaleAge`.',
  },
  run: pastLimit({ maxMessages: 20 }, 'hard'),
};
