export { EnvelopePlugin, type EnvelopePluginOptions } from './envelope-plugin';
export { FAILURE_CONVERTER_PATH } from './failure-converter-path';
export { withEnvelope, type EncryptingDataConverter } from './with-envelope';
export { redactingLogger } from './logging/redacting-logger';
