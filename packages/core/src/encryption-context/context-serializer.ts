import type { SerializationContext } from '@temporalio/common';

import type { Binding } from './binding';
import { contextForEncoding } from './context-for-encoding';
import { serializeEncryptionContext } from './serialize-encryption-context';

/** Serializes what payloads are bound to, and remembers the last answer: payloads come in runs of one workflow. */
export class ContextSerializer {
  readonly #binding: Binding;
  #last: { readonly namespace: string; readonly workflowId: string; readonly bytes: Uint8Array } | undefined;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * @returns bytes that are shared: not to be written to
   * @throws ConfigurationError when a name is longer than the format allows
   */
  serialize(context: SerializationContext | undefined): Uint8Array {
    const namespace = context?.namespace ?? '';
    const workflowId = (this.#binding === 'workflow' && context?.workflowId) || '';
    if (this.#last?.namespace !== namespace || this.#last.workflowId !== workflowId) {
      const bytes = serializeEncryptionContext(contextForEncoding(this.#binding, context));
      this.#last = { namespace, workflowId, bytes };
    }
    return this.#last.bytes;
  }
}
