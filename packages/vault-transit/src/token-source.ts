/** Where tokens come from. */
export interface TokenSource {
  /** A token that should be valid. The promise may be shared by several requests. */
  token(): Promise<string>;
  /**
   * Is told that the server refused a token for what it is.
   *
   * @returns whether asking for a token again may give another one
   */
  reject(token: string): boolean;
}
