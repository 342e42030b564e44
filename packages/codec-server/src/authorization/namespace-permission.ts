/** One entry of a permissions claim: a role of Temporal's default claim mapper in a namespace. */
export interface NamespacePermission {
  /** Literal name; `temporal-system` means every namespace. */
  readonly namespace: string;
  readonly role: 'read' | 'write' | 'worker' | 'admin';
  /** The decode policy that comes with the role, where there are `policies`. */
  readonly policy?: string;
}
