import type { ClientConnection } from '../client-connection';
import type { Principal } from './principal';

/**
 * Finds out who makes a request.
 *
 * @throws RequestError 401, or 503 when that cannot be found out at present
 */
export type Authenticate = (request: Request, connection: ClientConnection) => Promise<Principal>;
