import { metrics, type MeterProvider } from '@opentelemetry/api';

import { SCOPE } from '../scope';
import { Instruments } from './instruments';
import type { ObservedState } from './observed-state';

/**
 * The instruments of the given provider, else of the global one as it is now. The API has no stand-in for a global meter
 * provider that is registered later: what is made before would count nothing for ever.
 */
export class CurrentInstruments {
  readonly #given: MeterProvider | undefined;
  readonly #observed: ObservedState;
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  constructor(given: MeterProvider | undefined, observed: ObservedState) {
    this.#given = given;
    this.#observed = observed;
  }

  get(): Instruments {
    const provider = this.#given ?? metrics.getMeterProvider();
    if (this.#instruments === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#instruments = new Instruments(provider.getMeter(SCOPE), this.#observed);
    }
    return this.#instruments;
  }
}
