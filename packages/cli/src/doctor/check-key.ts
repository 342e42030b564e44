import type { KeyringEntry } from '@waxseal/core';

import { descriptionChecks } from './description-checks';
import type { KeyReport } from './doctor-report';
import { permissionChecks } from './permission-checks';
import { roundTrip } from './round-trip';

/** Asks a key's service all that can be asked, and wraps and unwraps once. Never rejects. */
export async function checkKey(entry: KeyringEntry, namespaces: readonly string[]): Promise<KeyReport> {
  const { key, role } = entry;
  // One after the other, so that the times of the last are of a warm connection.
  const checks = [...(await descriptionChecks(key)), ...(await permissionChecks(key, role))];
  const { check, ...trip } = await roundTrip(entry);
  return { id: key.id, role, namespaces, ...trip, checks: [...checks, check] };
}
