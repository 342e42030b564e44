import { existsSync } from 'node:fs';

import { printable } from '../../output/printable';
import type { Check } from '../check';
import { loadProfile } from './load-profile';
import { TemporalFault } from './temporal-fault';

const name = 'temporal-settings';

/** What `@temporalio/envconfig` passes over without a word, and was hardly meant. */
export function settingsWarnings(environment: NodeJS.ProcessEnv): readonly Check[] {
  const warnings: Check[] = [];
  const file = environment['TEMPORAL_CONFIG_FILE'];
  if (file !== undefined && !existsSync(file)) {
    const detail = `TEMPORAL_CONFIG_FILE names ${printable(file)}, which is not there: workers and clients go on without it`;
    warnings.push({ name, status: 'warn', detail });
  }
  if (['1', 'true'].includes(environment['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] ?? '')) {
    const detail =
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is heeded by the temporal command, not by workers and clients: they verify the server';
    warnings.push({ name, status: 'warn', detail });
  }
  try {
    loadProfile(environment, true);
  } catch (error) {
    if (!(error instanceof TemporalFault)) throw error;
    warnings.push({
      name,
      status: 'warn',
      detail: `workers and clients pass over a part of it: ${error.message}`,
    });
  }
  return warnings;
}
