import {
  type DefaultEncodedFailureAttributes,
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';

/**
 * A payload converter of the application's with the SDK's own behind it, for the parts of failures. The
 * application's may know its own types only (protobuf messages, binary data), while message and stack are an
 * object of texts, and details come from workers in other languages too. What is read in vain, or written in
 * vain, by the first is left to the second.
 */
export class PayloadFallback implements PayloadConverter {
  readonly #converter: PayloadConverter;

  private constructor(converter: PayloadConverter) {
    this.#converter = converter;
  }

  /** `converter` with the SDK's own behind it. One that is behind it already is not put there again. */
  static of(converter: PayloadConverter): PayloadFallback {
    return converter instanceof PayloadFallback ? converter : new PayloadFallback(converter);
  }

  /** @throws what the SDK's converter throws where neither of the two knows the value */
  toPayload(value: unknown, context?: SerializationContext): Payload {
    try {
      const payload = this.#converter.toPayload(value, context) as Payload | undefined;
      if (payload !== undefined) return payload;
    } catch {
      // A converter that knows the application's own types only.
    }
    return defaultPayloadConverter.toPayload(value);
  }

  /** @throws what the application's converter throws where neither of the two knows the payload */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    try {
      return this.#converter.fromPayload(payload, context);
    } catch (error) {
      try {
        return defaultPayloadConverter.fromPayload(payload);
      } catch {
        throw error;
      }
    }
  }

  /**
   * Message and stack as a payload: of the application's converter if that reads them back, so that readers
   * with that converter alone do, else of the SDK's.
   */
  attributesToPayload(attributes: DefaultEncodedFailureAttributes, context?: SerializationContext): Payload {
    const payload = this.toPayload(attributes, context);
    const read = this.attributesOf(payload, context);
    const isRead = read?.message === attributes.message && read.stack_trace === attributes.stack_trace;
    return isRead ? payload : defaultPayloadConverter.toPayload(attributes);
  }

  /**
   * Message and stack of a failure, or one of the two; `undefined` where neither converter makes an object
   * with one of them.
   */
  attributesOf(
    payload: Payload,
    context?: SerializationContext,
  ): Partial<DefaultEncodedFailureAttributes> | undefined {
    for (const read of [
      () => this.#converter.fromPayload<unknown>(payload, context),
      () => defaultPayloadConverter.fromPayload<unknown>(payload),
    ]) {
      try {
        const attributes = textsOf(read());
        if (attributes !== undefined) return attributes;
      } catch {
        // The other one may know its encoding.
      }
    }
    return undefined;
  }
}

function textsOf(value: unknown): Partial<DefaultEncodedFailureAttributes> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, stack_trace } = value as Readonly<Record<string, unknown>>;
  const texts = {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof stack_trace === 'string' ? { stack_trace } : {}),
  };
  return Object.keys(texts).length === 0 ? undefined : texts;
}
