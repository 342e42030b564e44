import { noteFailureConverter } from '@waxseal/core/failure-payload';
import { EnvelopeFailureConverter } from './envelope-failure-converter';

export { EnvelopeFailureConverter };

/**
 * The module to name as `failureConverterPath`: `require.resolve('@waxseal/temporal/failure-converter')`. It
 * is loaded in the workflow sandbox too, so it imports nothing of Node.
 */
export const failureConverter = new EnvelopeFailureConverter();

noteFailureConverter();
