import type { Fault } from '../fault';
import { pastLimit } from './past-limit';

/** Data key past `maxAge` in an outage. */
export const pastMaxAge: Fault = {
  id: 'past-max-age',
  title: 'Data key past `maxAge` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the data key passes a `maxAge` of 1 s.',
  ends: 'Connections are taken again.',
  expected: 'Encoding goes on under the old data key; orders complete within the outage.',
  sees: {
    workflows: 'Go on under the old data key.',
    activities: 'Go on under the old data key.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on.',
    recovery: 'A new data key is wrapped within 30 s of the end. Nothing to do.',
  },
  run: pastLimit({ maxAge: '1s' }, 'soft'),
};
