export { TokenCodec } from './token-codec';
export type { TokenCacheOptions, TokenCodecOptions } from './token-codec-options';
export { TokenError, type TokenErrorReason } from './token-error';
export { TOKEN_ENCODING } from './token';
