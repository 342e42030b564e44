export { scopesOf, sweep, type SweepOptions, type SweepReport, tokenNeededBy } from './collection';
export { TokenFilter } from './token-filter';
export { TokenCodec } from './token-codec';
export type { TokenCacheOptions, TokenCodecOptions } from './token-codec-options';
export { TokenError, type TokenErrorReason } from './token-error';
export { isDriverRecord, StoreDriver, type StoreClaim, type StoreDriverOptions } from './store-driver';
export { TOKEN_ENCODING } from './token';
