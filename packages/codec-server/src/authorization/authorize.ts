import type { Principal } from '../auth/principal';
import type { AccessRequest } from './access-request';

/** Whether a principal may do what it asks for. Only `true` means yes; when it throws or rejects, the answer is 503. */
export type Authorize = (principal: Principal, request: AccessRequest) => boolean | Promise<boolean>;
