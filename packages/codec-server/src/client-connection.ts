import type { ClientCertificate } from './client-certificate';

/** What is known of the connection on which a request came. {@link listen} finds it out; no header of a request does. */
export interface ClientConnection {
  /** IP address of the other end: of the client, or of the proxy in front. Undefined where that is not known. */
  readonly remoteAddress?: string;
  /** Undefined where the client showed none, or was not asked for one. */
  readonly clientCertificate?: ClientCertificate;
  /**
   * Calls back once when the answer is out or the connection has ended, whichever comes first. Until then its bytes are in memory and
   * count as the client's. Undefined where that cannot be found out: they count until the answer is handed over then.
   */
  readonly onAnswered?: (callback: () => void) => void;
}
