import type { TestAuthority } from './test-authority';
import type { TlsTerminator } from './tls-terminator';

/** `TEMPORAL_…` variables. */
export type TransportEnvironment = Readonly<Record<string, string>>;

/** TLS in front of a Temporal server, and all the certificates to connect with, right and wrong, as files. */
export interface TlsGateway {
  /**
   * Asks for no client certificate. Its own certificate is for 127.0.0.1, `localhost` and `temporal.test`.
   */
  readonly tls: TlsTerminator;
  /** Demands a client certificate that {@link authority} signed. */
  readonly mtls: TlsTerminator;
  /** Signed both sides' certificates. */
  readonly authority: TestAuthority;
  /** Signed nothing that counts. */
  readonly otherAuthority: TestAuthority;
  /** Holds the files; tests may write more. */
  readonly directory: string;
  /**
   * What makes a client connect to one of the two, with the client certificate `orders-worker` to the second.
   */
  environment(to: 'tls' | 'mtls'): TransportEnvironment;
  /**
   * What makes a client fail: the variables of {@link environment} with one mistake each, by the mistake's
   * name.
   */
  mistakes(): Promise<Readonly<Record<TransportMistake, TransportEnvironment>>>;
  /** Stops both, and removes the files. */
  close(): Promise<void>;
}

/** What people get wrong. */
export type TransportMistake =
  | 'wrong authority'
  | 'private authority not named'
  | 'wrong server name'
  | 'no client certificate'
  | 'expired client certificate'
  | 'client certificate of another authority'
  | 'key of another certificate'
  | 'certificate without key'
  | 'file that does not exist'
  | 'TLS to a plaintext port'
  | 'plaintext to a TLS port';
