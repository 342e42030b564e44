import { aadCases } from './cases/aad';
import { bufferCases } from './cases/buffers';
import { cancellationCases } from './cases/cancellation';
import { constructionCases } from './cases/construction';
import { damagedCases } from './cases/damaged';
import { descriptionCases } from './cases/description';
import { faultCases } from './cases/faults';
import { foreignCases } from './cases/foreign';
import { keyIdCases } from './cases/key-ids';
import { keyStateCases } from './cases/key-states';
import { rotationCases } from './cases/rotation';
import { roundTripCases } from './cases/round-trip';
import { secrecyCases } from './cases/secrecy';
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
];
