import type { Attack } from '../attack';
import { craftedDecode } from './crafted-decode';
import { craftedWorkflow } from './crafted-workflow';
import { manyRequests } from './many-requests';
import { slowReaders, slowSenders } from './slow-clients';

/** All attacks, in the order in which they are run and stand in SECURITY.md. */
export const ATTACKS: readonly Attack[] = [
  craftedWorkflow,
  craftedDecode,
  slowSenders,
  slowReaders,
  manyRequests,
];

/** Those of the short form, which npm test runs too. */
export const SHORT: readonly Attack[] = [craftedWorkflow, craftedDecode, slowSenders];
