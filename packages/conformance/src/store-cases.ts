import { abortCases, faultCases } from './cases-of-stores/faults';
import { collectionCases } from './cases-of-stores/collections';
import { removalCases } from './cases-of-stores/removals';
import { keyCases } from './cases-of-stores/keys';
import { lifeCases, secrecyCases, storeBufferCases } from './cases-of-stores/life';
import { listCases, replacementCases } from './cases-of-stores/lists';
import { putCases } from './cases-of-stores/puts';
import { answerCases } from './cases-of-stores/answers';
import { sharedKeyCases } from './cases-of-stores/shared-keys';
import type { StoreCase } from './store-case';

/** The rules for stores: what passes them all is one. */
export const storeCases: readonly StoreCase[] = [
  ...lifeCases,
  ...putCases,
  ...answerCases,
  ...collectionCases,
  ...removalCases,
  ...listCases,
  ...replacementCases,
  ...keyCases,
  ...sharedKeyCases,
  ...storeBufferCases,
  ...secrecyCases,
  ...abortCases,
  ...faultCases,
];
