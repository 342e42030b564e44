import { loadConfig } from '@waxseal/config';

import { createHandler } from './create-handler';
import type { HttpEvent } from './http-event';
import type { HttpResult } from './http-result';

// Once for each instance of the function, which then keeps unwrapped data keys from request to request. Keys
// come from the environment, the rest from the waxseal.config.json beside the function.
const ready = loadConfig().then(createHandler);

/** The entry point of the AWS Lambda function. */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  return (await ready)(event);
}
