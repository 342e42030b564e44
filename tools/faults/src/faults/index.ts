import type { Fault } from '../fault';
import { cutInAnswers, downBeforeStart, downDuringActivity, downDuringWorkflowTask } from './down';
import { downDuringFailureEncoding } from './down-during-failure-encoding';
import {
  keyDisabled,
  permissionRevoked,
  refusedActivityInput,
  refusedPastCacheTtl,
  sealed,
  throttled,
} from './refused';
import { killed } from './killed';
import { latency10s, latency2s, latency30s } from './latency';
import { manyInFlight } from './many-in-flight';
import { pastCacheTtl, pastMaxAge, pastMaxBytes, pastMaxMessages, pastMaxStaleAge } from './limits';
import { unreadableActivityInput } from './unreadable';

/** All faults, in the order in which they are made. */
export const FAULTS: readonly Fault[] = [
  downBeforeStart,
  downDuringActivity,
  downDuringWorkflowTask,
  unreadableActivityInput,
  downDuringFailureEncoding,
  latency2s,
  latency10s,
  latency30s,
  throttled,
  keyDisabled,
  permissionRevoked,
  refusedActivityInput,
  refusedPastCacheTtl,
  cutInAnswers,
  killed,
  sealed,
  pastMaxAge,
  pastCacheTtl,
  pastMaxStaleAge,
  pastMaxMessages,
  pastMaxBytes,
  manyInFlight,
];
