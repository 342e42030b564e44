import { afterAll, describe, it } from '@jest/globals';
import { describeKeyProvider } from '@waxseal/conformance';

import { WITHOUT_VERSION_CHECK } from './support/conformance-cases';
import { Harnesses } from './support/harnesses';

describe.each([
  ['GcpKmsKey over plain gRPC', {}],
  ['GcpKmsKey with a name of its own, over TLS, with a service account', { tls: true, id: 'orders' }],
])('%s', (name, options) => {
  const harnesses = new Harnesses(options);
  afterAll(() => harnesses.close());

  describeKeyProvider(
    { describe, it },
    { name, without: WITHOUT_VERSION_CHECK, open: () => harnesses.open() },
  );
});
