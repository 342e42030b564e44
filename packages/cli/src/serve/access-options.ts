import type { CodecServerOptions } from '@waxseal/codec-server';
import type { ServerConfig } from '@waxseal/config';

type AccessOptions = Pick<
  CodecServerOptions,
  'auth' | 'authorize' | 'onPayloadError' | 'maxConcurrentRequests'
>;

/** Who may do what, from a configuration file. `createCodecServer` checks the values. */
export function accessOptions(server: ServerConfig): AccessOptions {
  const { auth, authorize, onPayloadError, maxConcurrentRequests } = server;
  return {
    ...(auth === undefined ? {} : { auth: auth as unknown as NonNullable<AccessOptions['auth']> }),
    ...(authorize === undefined
      ? {}
      : { authorize: authorize as unknown as NonNullable<AccessOptions['authorize']> }),
    ...(onPayloadError === undefined ? {} : { onPayloadError }),
    ...(maxConcurrentRequests === undefined ? {} : { maxConcurrentRequests }),
  };
}
