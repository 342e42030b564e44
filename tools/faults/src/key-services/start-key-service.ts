import type { FaultyKeyService, KeyServiceName } from './faulty-key-service';
import { startFaultyAwsKms } from './start-faulty-aws-kms';
import { startFaultyOpenBao } from './start-faulty-openbao';

const START: Readonly<Record<KeyServiceName, () => Promise<FaultyKeyService>>> = {
  'AWS KMS (double)': startFaultyAwsKms,
  OpenBao: startFaultyOpenBao,
};

/** Starts a key service that faults can be made with, with a new key. */
export function startKeyService(name: KeyServiceName): Promise<FaultyKeyService> {
  return START[name]();
}
