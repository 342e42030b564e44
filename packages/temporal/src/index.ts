export { tolerantCodec } from './codec-chain';
export {
  EnvelopePlugin,
  type CodecFromOptions,
  type EnvelopePluginOptions,
  type ExistingCodec,
  type ExistingCodecs,
} from './envelope-plugin';
export { failureConverterPath, withEnvelope, type EncryptingDataConverter } from './data-converter';
export { redactingLogger } from './redacting-logger';
export {
  type ClearTextOptions,
  type ClearTextPlace,
  ConfidentialTextError,
} from './clear-text/clear-text-guard';
export type { SensitiveKind } from './clear-text/sensitive-texts';
export { HeaderError, type HeaderErrorReason } from './headers/header-error';
export type { HeaderMode, HeaderOptions } from './headers/header-options';
export {
  openSearchKey,
  parseSearchKeys,
  sealNewSearchKey,
  searchKeysText,
  type SealedSearchKey,
  type SealedSearchKeys,
  type SearchKey,
} from './search/search-keys';
export { isSearchToken, SearchTokens, type SearchTokensOptions } from './search/search-tokens';
