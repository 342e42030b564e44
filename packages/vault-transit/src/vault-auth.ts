/** A token that somebody else made and renews. */
export interface VaultTokenAuth {
  /** The token, or a function that is asked for it before each request, such as one that reads an agent's sink file. */
  readonly token: string | (() => string | Promise<string>);
}

/** https://openbao.org/docs/auth/approle/ */
export interface VaultAppRoleAuth {
  readonly appRole: {
    readonly roleId: string;
    readonly secretId: string;
    /** Path of the auth method. @default 'approle' */
    readonly mount?: string | undefined;
  };
}

/** https://openbao.org/docs/auth/kubernetes/ */
export interface VaultKubernetesAuth {
  readonly kubernetes: {
    readonly role: string;
    /** File with the service account's token, read again for each login. @default where Kubernetes mounts it */
    readonly jwtPath?: string | undefined;
    /** Path of the auth method. @default 'kubernetes' */
    readonly mount?: string | undefined;
  };
}

/** How a `VaultTransitKey` proves who it is: one of the three. */
export type VaultAuth = VaultTokenAuth | VaultAppRoleAuth | VaultKubernetesAuth;
