import type { Attack } from '../attack';
import { craftedDecode } from './crafted-decode';
import { craftedWorkflow } from './crafted-workflow';
import { manyRequests } from './many-requests';
import { manyTenants } from './many-tenants';
import { masking } from './masking';
import { placeholder } from './placeholder';
import { plantedConfiguration } from './planted-configuration';
import { queuedEncode } from './queued-encode';
import { relabelledCopies } from './relabelled-copies';
import { silentService } from './silent-service';
import { slowReaders, slowSenders } from './slow-clients';
import { tenantFlood } from './tenant-flood';
import { unsignedFlood } from './unsigned-flood';

/** All attacks, in the order in which they are run and stand in SECURITY.md. */
export const ATTACKS: readonly Attack[] = [
  craftedWorkflow,
  craftedDecode,
  placeholder,
  relabelledCopies,
  tenantFlood,
  queuedEncode,
  silentService,
  slowSenders,
  slowReaders,
  masking,
  unsignedFlood,
  plantedConfiguration,
  manyTenants,
  manyRequests,
];

/** Those of the short form, which npm test runs too. */
export const SHORT: readonly Attack[] = [
  craftedWorkflow,
  craftedDecode,
  placeholder,
  silentService,
  slowSenders,
  slowReaders,
  masking,
  unsignedFlood,
  plantedConfiguration,
];
