import type { SerializationContext } from '@temporalio/common';

import {
  NAMESPACE_KEY,
  WORKFLOW_ID_KEY,
  type EncryptionContext,
} from '../encryption-context/encryption-context';
import type { KeyringContext } from '../keyring/keyring-selector';

/** What a keyring is chosen by: what Temporal gives, else what a payload records. An empty string counts as not given. */
export function keyringContext(
  serialization: SerializationContext | undefined,
  recorded?: EncryptionContext,
): KeyringContext {
  return {
    namespace: serialization?.namespace || recorded?.get(NAMESPACE_KEY),
    workflowId: serialization?.workflowId || recorded?.get(WORKFLOW_ID_KEY),
  };
}
