import type { JsonObject } from './json-object';

/** What is sent to log in. */
export interface LoginRequest {
  /** Path under `/v1/`. */
  readonly path: string;
  readonly body: JsonObject;
  /** Texts of the body that no error may show. */
  readonly secrets: readonly string[];
}

/** Makes the request of one login. */
export type Login = () => LoginRequest | Promise<LoginRequest>;
