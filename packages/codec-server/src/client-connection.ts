import type { ClientCertificate } from './client-certificate';

/** What is known of the connection on which a request came. {@link listen} finds it out; no header of a request does. */
export interface ClientConnection {
  /** Undefined where the client showed none, or was not asked for one. */
  readonly clientCertificate?: ClientCertificate;
}
