/**
 * What `/decode` answers when one of several payloads cannot be decoded:
 *
 * - `'fail'`: an error for the whole request;
 * - `'passthrough'`: that payload as it was sent, the others decoded;
 * - `'placeholder'`: in its place a JSON text that names the reason, the others decoded.
 */
export type OnPayloadError = 'fail' | 'passthrough' | 'placeholder';
