import type { ServiceDefinition } from '@grpc/grpc-js';

/** A service whose answers may be bytes, which are sent as they are. */
export function passBytes(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        responseSerialize: (answer: unknown) =>
          answer instanceof Uint8Array ? Buffer.from(answer) : method.responseSerialize(answer),
      },
    ]),
  );
}
