import { aadCases } from './cases-of-key-providers/aad';
import { bufferCases, secrecyCases } from './cases-of-key-providers/buffers';
import { cancellationCases, faultCases } from './cases-of-key-providers/faults';
import { constructionCases, roundTripCases } from './cases-of-key-providers/round-trip';
import { damagedCases, foreignCases } from './cases-of-key-providers/damaged';
import { descriptionCases } from './cases-of-key-providers/description';
import { keyIdCases, rotationCases } from './cases-of-key-providers/key-ids';
import { keyStateCases } from './cases-of-key-providers/key-states';
import { rightsCases } from './cases-of-key-providers/rights';
import type { KeyProviderCase } from './key-provider-case';

/** The rules for key providers: what passes them all is one. */
export const keyProviderCases: readonly KeyProviderCase[] = [
  ...constructionCases,
  ...roundTripCases,
  ...keyIdCases,
  ...aadCases,
  ...damagedCases,
  ...foreignCases,
  ...keyStateCases,
  ...rotationCases,
  ...faultCases,
  ...cancellationCases,
  ...bufferCases,
  ...secrecyCases,
  ...descriptionCases,
  ...rightsCases,
];
