import type { FailedRequest, TlsReload } from '@waxseal/codec-server';

/** What a running Codec Server tells the operator. Nothing in it comes from a payload or a token. */
export interface ServerLog {
  /** Which configuration file is used, and which one is not. */
  readonly configured: (lines: readonly string[]) => void;

  /** It accepts connections. */
  readonly listening: (url: string, keyIds: readonly string[] | undefined) => void;

  /** Something that the operator should know at the start. */
  readonly warn: (message: string) => void;

  /** A request was answered with an error, or without some of its payloads. */
  readonly requestFailed: (error: unknown, request: FailedRequest) => void;

  /** The files of the certificate changed. */
  readonly certificateChanged: (reload: TlsReload) => void;

  /** It was told to stop, and finishes what it is answering. */
  readonly stopping: () => void;
}
