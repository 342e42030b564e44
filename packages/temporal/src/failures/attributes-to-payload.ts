import {
  defaultPayloadConverter,
  type DefaultEncodedFailureAttributes,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';

/** How message and stack become a payload: by the user's payload converter, or by the SDK's own where that fails. */
export function attributesToPayload(
  payloadConverter: PayloadConverter,
  context: SerializationContext | undefined,
): (attributes: DefaultEncodedFailureAttributes) => Payload {
  return (attributes) => {
    try {
      const payload = payloadConverter.toPayload(attributes, context) as Payload | undefined;
      if (payload !== undefined) return payload;
    } catch {
      // A converter that knows the application's own types only.
    }
    return defaultPayloadConverter.toPayload(attributes);
  };
}
