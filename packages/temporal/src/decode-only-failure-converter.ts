import { EnvelopeFailureConverter } from './envelope-failure-converter';

/**
 * The module to name as `failureConverterPath` beside a codec with `encrypt: false`, in the place of
 * `@waxseal/temporal/failure-converter`. It reads what that one writes, and leaves message and stack of
 * errors where the SDK's own converter has them, so that workers and clients without Waxseal read them as
 * ever. It is loaded in the workflow sandbox too, so it imports nothing of Node.
 */
export const failureConverter = new EnvelopeFailureConverter({
  mark: 'waxseal:decode-only-failure-converter',
  encodeCommonAttributes: false,
});
