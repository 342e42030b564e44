/** Options of `startAzureKeyVaultDouble`. */
export interface AzureKeyVaultDoubleOptions {
  /**
   * `vault` holds RSA keys; `managed-hsm` holds RSA-HSM and oct-HSM (AES) keys, and names another resource in its challenge.
   *
   * @default 'vault'
   */
  readonly service?: 'vault' | 'managed-hsm';
  /**
   * How rights are given, which shows in the errors of who has none.
   *
   * @default 'rbac'
   */
  readonly permissionModel?: 'rbac' | 'access-policy';
  /**
   * Seconds that a token is good for.
   *
   * @default 3600
   */
  readonly tokenLifetimeSeconds?: number;
}
