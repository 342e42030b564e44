import { createCodecServer, listen } from '@waxseal/codec-server';
import type { ListeningCodecServer } from '@waxseal/codec-server';
import type { PayloadCodec } from '@temporalio/common';

/**
 * Starts a Codec Server on 127.0.0.1 that decodes for the Web UI at the given origins and for the `temporal`
 * command. It has no authentication, so it is for one person's machine only.
 *
 * @param codec - the codec of the workers; it stays the caller's to close
 * @param port - 0 for any free one
 */
export function startCodecServer(
  codec: PayloadCodec,
  allowedOrigins: readonly string[],
  port: number,
): Promise<ListeningCodecServer> {
  return listen(createCodecServer({ codec, allowedOrigins }), { port });
}
