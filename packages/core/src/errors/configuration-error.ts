import { MENDABLE } from './temporal-traits';
import { WaxsealError, type WaxsealErrorOptions } from './waxseal-error';

/** An option, a key file or an environment variable is missing or not usable. The message names the field. */
export class ConfigurationError extends WaxsealError {
  override readonly name = 'ConfigurationError';
  readonly code = 'WAXSEAL_CONFIGURATION';

  constructor(message: string, options?: WaxsealErrorOptions) {
    super(message, false, { type: 'WaxsealConfiguration', ...MENDABLE }, options);
  }
}
