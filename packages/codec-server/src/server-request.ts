import type { X509Certificate } from 'node:crypto';

/** A request, as it came over a connection of Node or as a Web-standard `Request`. */
export interface ServerRequest {
  readonly method: string;
  /** Path of the URL, percent-encoded as the URL standard has it. */
  readonly pathname: string;
  /** Whether it came over TLS, by its URL. */
  readonly isHttps: boolean;
  /** The whole URL. It is parsed when it is asked for: most requests can do without. */
  readonly url: URL;
  readonly connection: ClientConnection;
  readonly body: RequestBody;

  /**
   * The value of a header, each byte a character; values of several of one name are joined as the Fetch
   * standard has it.
   *
   * @param name in lower case
   */
  header(name: string): string | undefined;

  /** The first value of a parameter in the query. */
  query(name: string): string | undefined;
}

/** The body of a request. It can be read once. */
export interface RequestBody {
  /**
   * Reads on until the end.
   *
   * @param take gets each chunk as it comes, to keep; what it throws ends the reading
   */
  read(take: (chunk: Uint8Array) => void): BodyReading;
}

/** A body that is being read. */
export interface BodyReading {
  /** Resolves at the end of the body; rejects where it breaks off, and with the reason of `stop`. */
  readonly done: Promise<void>;
  /** Ends the reading early. Nothing is taken after it. */
  stop(reason: Error): void;
}

/** What is answered to a request, with the headers that it does not share with all others. */
export interface Answer {
  readonly status: number;
  /** Values by name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is sent in UTF-8. Null where there is no body, as for HEAD. */
  readonly body: string | Uint8Array | null;
}

/** An answer that is ready to be sent. */
export interface ReadyAnswer extends Omit<Answer, 'headers'> {
  /**
   * Each name, in lower case, and its value behind it. `content-length` is added where it is sent. An object
   * put together for each answer would have a shape of its own, which V8 keeps until it collects all garbage.
   */
  readonly headerLines: readonly string[];
}

/** Answers one request. Never rejects. */
export type Handle = (request: ServerRequest) => Promise<ReadyAnswer>;

/** The certificate that a client showed in the TLS handshake. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;

  /**
   * Why it is not to be believed: the code of OpenSSL's verification, such as `CERT_HAS_EXPIRED`. Undefined
   * only where an authority for clients vouches for it and the client proved that it has the key.
   */
  readonly refusal: string | undefined;
}

/**
 * What is known of the connection on which a request came. {@link listen} finds it out; no header of a
 * request does.
 */
export interface ClientConnection {
  /**
   * IP address of the other end: of the client, or of the proxy in front. Undefined where that is not known.
   */
  readonly remoteAddress?: string | undefined;
  /** Undefined where the client showed none, or was not asked for one. */
  readonly clientCertificate?: ClientCertificate | undefined;
  /**
   * Calls back once when the answer is out or the connection has ended, whichever comes first. Until then its
   * bytes are in memory and count as the client's. Undefined where that cannot be found out: they count until
   * the answer is handed over then.
   */
  readonly onAnswered?: (callback: () => void) => void;
}
