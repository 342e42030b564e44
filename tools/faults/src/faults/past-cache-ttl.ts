import type { Fault } from '../fault';
import { pastLimit } from './past-limit';

/** Unwrapped data keys past `cacheTtl` in an outage. */
export const pastCacheTtl: Fault = {
  id: 'past-cache-ttl',
  title: 'Unwrapped data keys past `cacheTtl` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the unwrapped data keys pass a `cacheTtl` of 1 s.',
  ends: 'Connections are taken again.',
  expected: 'What was read before can still be read; orders complete within the outage.',
  sees: {
    workflows: 'Go on with the data keys in memory, up to `maxStaleAge`; not where the key service refuses.',
    activities: 'Go on.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on.',
    recovery: 'Nothing to do.',
  },
  run: pastLimit({ cacheTtl: '1s' }, 'soft'),
};
