import type { Principal } from '../auth/principal';
import type { AccessRequest } from './access-request';
import type { Decision } from './decision';

/** Whether a principal may do what it asks for, and what it then sees. When it throws or rejects, the answer is 503. */
export type Authorize = (principal: Principal, request: AccessRequest) => Decision | Promise<Decision>;
