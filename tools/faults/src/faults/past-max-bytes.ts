import type { Fault } from '../fault';
import { pastLimit } from './past-limit';
import { PAST_LIMIT_REPEATS } from './past-limit-repeats';

/** Data key past `maxBytes` in an outage. */
export const pastMaxBytes: Fault = {
  id: 'past-max-bytes',
  title: 'Data key past `maxBytes` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the data key has encrypted 2 KiB.',
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
  run: pastLimit({ maxBytes: 2048 }, 'hard'),
};
