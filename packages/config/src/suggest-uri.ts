/** How a key can be written by mistake, and the URI that is meant: `$1` is what the pattern finds. */
interface Mistake {
  readonly pattern: RegExp;
  readonly meant: string;
}

/**
 * Names of keys as their services show them, with no scheme, one of another library's, or another number of
 * slashes. What matches is the name of a key, and so may be shown.
 */
const MISTAKES: readonly Mistake[] = [
  {
    pattern:
      /^(?:aws-?kms:\/*)?(arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,32}:\d{12}:(?:key|alias)\/[\w/-]{1,256})$/,
    meant: 'awskms:///$1',
  },
  {
    pattern:
      /^(?:aws-?kms:\/*)?(alias\/[\w/-]{1,250}|mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    meant: 'awskms:///$1',
  },
  {
    pattern:
      /^(?:gcp-?kms:\/*)?(projects\/[\w.:-]{1,128}\/locations\/[\w-]{1,64}\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63})(?:\/cryptoKeyVersions\/\d{1,10})?$/,
    meant: 'gcpkms://$1',
  },
  {
    pattern:
      /^(?:https:\/\/|azure-?(?:key-?vault|kv):\/*)?([\w-]{1,63}\.(?:vault|managedhsm)\.[\w.]{1,32}\/keys\/[\w-]{1,127}(?:\/[0-9a-f]{32})?)\/?$/,
    meant: 'azurekeyvault://$1',
  },
  {
    pattern:
      /^(?:vault-?transit|transit|(?:hashi|hc)?vault|bao|openbao):\/*([\w-]{1,64})\/(?:keys\/)?([\w.-]{1,128})$/,
    meant: 'vaulttransit://$1/$2',
  },
  { pattern: /^(transit[\w-]{0,64})\/(?:keys\/)?([\w.-]{1,128})$/, meant: 'vaulttransit://$1/$2' },
  {
    pattern: /^(?:local|file):\/*(\/[\w./-]{1,256}\.json(?:#[\w.:-]{1,128})?)$/,
    meant: 'local://$1',
  },
  { pattern: /^local:\/\/([\w.-][\w./-]{0,256}\.json(?:#[\w.:-]{1,128})?)$/, meant: 'local:///$1' },
  { pattern: /^(\/[\w./-]{1,256}\.json(?:#[\w.:-]{1,128})?)$/, meant: 'local://$1' },
];

/**
 * The key URI that is probably meant by a text that is none; `undefined` where it looks like the name of no
 * key, or is one as it should be.
 */
export function suggestUri(text: string): string | undefined {
  for (const { pattern, meant } of MISTAKES) {
    if (!pattern.test(text)) continue;
    const suggested = text.replace(pattern, meant);
    return suggested === text ? undefined : suggested;
  }
  return undefined;
}
