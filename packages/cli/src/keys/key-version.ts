/** How services write a version behind the name of a key. */
const VERSIONED: readonly RegExp[] = [
  // https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions
  /^(?<key>projects\/.+\/cryptoKeys\/[^/]+)\/cryptoKeyVersions\/(?<version>\d+)$/,
  // https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
  /^(?<key>(?:https|azurekeyvault):\/\/[^/]+\/keys\/[^/]+)\/(?<version>[0-9a-f]{32})$/,
  // Vault Transit and local keys of Waxseal.
  /^(?<key>.+)\/v(?<version>[1-9]\d{0,8})$/,
];

/** What a key ID says of key and version. AWS KMS names no version: it finds it by the wrapped key. */
export function keyAndVersion(id: string): { readonly key: string; readonly version: string | undefined } {
  for (const pattern of VERSIONED) {
    const { key, version } = pattern.exec(id)?.groups ?? {};
    if (key !== undefined) return { key, version };
  }
  return { key: id, version: undefined };
}
