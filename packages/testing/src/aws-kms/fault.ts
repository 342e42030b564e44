/** Statuses that are not 400, from the `httpError` and retry traits of the service's API model. */
const STATUS: Readonly<Record<string, number>> = {
  DependencyTimeoutException: 503,
  DryRunOperationException: 412,
  KMSInternalException: 500,
  KeyUnavailableException: 500,
  InternalFailure: 500,
  ServiceUnavailableException: 503,
};

/** An error answer of the service: `{"__type": name, "message": …}` in AWS JSON 1.1. */
export class KmsFault extends Error {
  override readonly name: string;
  /** HTTP status of the answer. */
  readonly status: number;

  /** @param name shape of the error in the service's API model, or one that every AWS service answers */
  constructor(name: string, message = '') {
    super(message);
    this.name = name;
    this.status = STATUS[name] ?? 400;
  }
}
