import type { Access } from './access';

/** Everything is seen. */
export const FULL_ACCESS: Access = {
  policy: { kind: 'full', apply: (payloads) => Promise.resolve([...payloads]) },
  policyNames: [],
};
