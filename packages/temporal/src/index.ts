export { EnvelopePlugin } from './envelope-plugin';
export type { CodecFromOptions, EnvelopePluginOptions, ExistingCodec } from './envelope-plugin-options';
export { FAILURE_CONVERTER_PATH } from './failure-converter-path';
export { withEnvelope, type EncryptingDataConverter } from './with-envelope';
export { redactingLogger } from './redacting-logger';
