import type { Fault } from '../fault';
import { cutInAnswers } from './cut-in-answers';
import { downBeforeStart } from './down-before-start';
import { downDuringActivity } from './down-during-activity';
import { downDuringFailureEncoding } from './down-during-failure-encoding';
import { downDuringWorkflowTask } from './down-during-workflow-task';
import { keyDisabled } from './key-disabled';
import { killed } from './killed';
import { latency10s } from './latency-10s';
import { latency2s } from './latency-2s';
import { latency30s } from './latency-30s';
import { manyInFlight } from './many-in-flight';
import { pastCacheTtl } from './past-cache-ttl';
import { pastMaxAge } from './past-max-age';
import { pastMaxBytes } from './past-max-bytes';
import { pastMaxMessages } from './past-max-messages';
import { pastMaxStaleAge } from './past-max-stale-age';
import { permissionRevoked } from './permission-revoked';
import { refusedActivityInput } from './refused-activity-input';
import { refusedPastCacheTtl } from './refused-past-cache-ttl';
import { sealed } from './sealed';
import { throttled } from './throttled';
import { unreadableActivityInput } from './unreadable-activity-input';

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
