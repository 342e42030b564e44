/**
 * Where a JSON Web Token stands in a request:
 *
 * - `'authorization'`: `Authorization: Bearer <token>`, the access token of the Web UI and what the CLI's `--codec-auth` says;
 * - `'authorization-extras'`: `Authorization-Extras: <token>`, the ID token that the Web UI sends beside it;
 * - `{ cookie }`: the cookie of that name, set by a proxy in front of the Web UI.
 */
export type TokenSource = 'authorization' | 'authorization-extras' | { readonly cookie: string };
