import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  UndefinedPayloadConverter,
} from '@temporalio/common';

/** A payload converter that knows no JSON, as one for protobuf messages alone. */
export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
);
