import { RequestError } from '../http/request-error';

/** A body that is not a `temporal.api.common.v1.Payloads` in protojson. `where` is a path such as `payloads[2].data`. */
export function malformedRequest(where: string, problem: string): RequestError {
  return new RequestError(400, 'MALFORMED_REQUEST', `${where} ${problem}.`);
}
