/** Status of each code that the double answers or scripts. */
const STATUS: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  KeyNotFound: 404,
  Conflict: 409,
  RequestTimeout: 408,
  Throttled: 429,
  TooManyRequests: 429,
  InternalServerError: 500,
  InternalError: 500,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
};

/** An error answer of the service: `{"error":{"code","message","innererror":{"code"}}}`. */
export class KeyVaultFault extends Error {
  override readonly name = 'KeyVaultFault';
  readonly code: string;
  readonly innererror: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(code: string, message: string, innererror?: string, status?: number) {
    super(message);
    this.code = code;
    this.innererror = innererror;
    this.status = status ?? STATUS[code] ?? 400;
  }

  /** The answer's body. */
  get body(): Readonly<Record<string, unknown>> {
    const { code, message, innererror } = this;
    return {
      error: { code, message, ...(innererror === undefined ? {} : { innererror: { code: innererror } }) },
    };
  }
}
