import { aadCases } from './cases/aad';
import { bufferCases, secrecyCases } from './cases/buffers';
import { cancellationCases, faultCases } from './cases/faults';
import { constructionCases, roundTripCases } from './cases/round-trip';
import { damagedCases, foreignCases } from './cases/damaged';
import { descriptionCases } from './cases/description';
import { keyIdCases, rotationCases } from './cases/key-ids';
import { keyStateCases } from './cases/key-states';
import { rightsCases } from './cases/rights';
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
