export { createCodecServer } from './create-codec-server';
export type { CodecServer } from './codec-server';
export type { CodecServerOptions } from './options/codec-server-options';
export type { ErrorListener, FailedRequest } from './options/error-listener';
export { listen } from './node/listen';
export type { ListenOptions } from './node/listen-options';
export type { ListeningCodecServer } from './node/listening-codec-server';
