/** One line of the table: why there was no answer. */
interface VaultConnectionErrorRow {
  /** Code of Node.js or undici; or what the text holds. */
  readonly code?: RegExp;
  readonly text?: RegExp;
  /** What it means, and the next step. */
  readonly says: string;
}

const NO_TLS =
  'The port does not speak TLS. Write VAULT_ADDR (address) with the port that does; http:// is for this machine only.';

/**
 * What keeps a request from being answered, by the code of the error or of one of its causes; the first row
 * that fits counts.
 */
export const VAULT_CONNECTION_ERRORS: readonly VaultConnectionErrorRow[] = [
  {
    code: /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    says: "The server's certificate is signed by an authority that is not trusted here. Set VAULT_CACERT (tls.caFile) to the certificate of that authority.",
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    says: "The server's certificate is for other names than the address has. Write VAULT_ADDR (address) with a name that is in it, or set VAULT_TLS_SERVER_NAME (tls.serverName) to one.",
  },
  {
    code: /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    says: "The server's certificate is not valid now. Renew it, and check this machine's clock.",
  },
  {
    code: /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/,
    says: NO_TLS,
  },
  {
    text: /wrong version number|packet length too long/,
    says: NO_TLS,
  },
  {
    code: /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|ACCESS_DENIED|DECRYPT_ERROR)$/,
    says: 'The server wants a client certificate, or does not accept the one that it was given. Set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY (tls.certFile, tls.keyFile) to one that its authority signed.',
  },
  {
    text: /Proxy response \(\d+\)/,
    says: 'The proxy does not let the connection through. Let it, or name the server in NO_PROXY.',
  },
  {
    code: /^UND_ERR_PRX_TLS$/,
    says: 'The certificate of the proxy is for other names. Write HTTPS_PROXY with a name that is in it.',
  },
  {
    code: /^(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/,
    says: 'The name is not known. Check VAULT_ADDR (address), the DNS of this machine, and HTTPS_PROXY.',
  },
  {
    code: /^ECONNREFUSED$/,
    says: 'Nothing listens there. Check host and port of VAULT_ADDR (address), and HTTPS_PROXY.',
  },
  {
    code: /^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/,
    says: 'There is no way to it, or no answer. Check network and firewall, and HTTPS_PROXY and NO_PROXY.',
  },
  {
    code: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|EPROTO|ECONNABORTED)$/,
    says: 'The connection was cut before there was an answer. Look at the log of the server, or of what stands in between; a server that wants a client certificate (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY) may do so.',
  },
];

/** No answer came from the server. The error of the network is its cause. */
export class VaultConnectionError extends Error {
  override readonly name = 'VaultConnectionError';
  /** Code of Node.js or undici. */
  readonly code: string | undefined;
  /** What it means, and the setting to look at, where the error tells. */
  readonly nextStep: string | undefined;

  /** @param address base URL that was asked */
  constructor(address: string, error: unknown) {
    const links = chainOf(error);
    const codes = links.map(({ code }) => code).filter((code) => typeof code === 'string');
    const texts = links.map(({ message }) => (typeof message === 'string' ? message : ''));
    const row = VAULT_CONNECTION_ERRORS.find(({ code, text }) =>
      code === undefined ? texts.some((each) => text?.test(each)) : codes.some((each) => code.test(each)),
    );
    const proxy = texts.map((text) => /Proxy response \((\d+)\)/.exec(text)?.[1]).find(Boolean);
    const ofProxy = proxy === undefined ? undefined : `HTTP ${proxy} of the proxy`;
    const code = codes[0] ?? ofProxy;
    const shown = ofProxy ?? code;
    super(
      `${address}: no answer${shown === undefined ? '' : ` (${shown})`}. ${row?.says ?? 'See the cause.'}`,
      { cause: error },
    );
    this.code = code;
    this.nextStep = row?.says;
  }
}

const LONGEST_CHAIN = 5;

/** An error and its causes. */
function chainOf(error: unknown): readonly { readonly code?: unknown; readonly message?: unknown }[] {
  const links: { readonly code?: unknown; readonly message?: unknown; readonly cause?: unknown }[] = [];
  let link = error;
  while (typeof link === 'object' && link !== null && links.length < LONGEST_CHAIN) {
    links.push(link);
    link = (link as Error).cause;
  }
  return links;
}
