import { localKeyUri, packagesForKeys } from '@waxseal/config';
import { UsageError } from '../failure/command-errors';

/** The names by which `waxseal init` knows the key services. */
export const PROVIDER_NAMES = ['aws', 'gcp', 'azure', 'vault', 'local'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** What stands in a policy in the place of `{{name}}`. */
export type PolicyValues = Readonly<Record<string, string>>;

/** A key that the project is to use. */
export interface ChosenKey {
  /** The URI for the configuration. */
  readonly uri: string;
  /** What must be installed for keys of its kind. */
  readonly packages: readonly string[];
  /** The policies that are for it, and what stands in them; none for a local key. */
  readonly policies: readonly string[];
  readonly values: PolicyValues;
  /** Sentences on what is still to be filled in by hand. */
  readonly notes: readonly string[];
}

/** How a service names its keys. */
interface Provider {
  readonly scheme: string;
  /** What a key looks like, as questions and errors show it. */
  readonly example: string;
  /** What may stand before the name instead of the scheme, as the service's own pages have it. */
  readonly also?: RegExp;
  /** The name of a key without its scheme; the groups are what policies hold. */
  readonly form: RegExp;
  readonly parameters: readonly string[];
  /** Whether payloads record a long name of the key, unless a short one is given. */
  readonly hasLongNames: boolean;
  readonly policies: (groups: Groups) => readonly string[];
  readonly values: (groups: Groups) => PolicyValues;
  readonly notes: (groups: Groups) => readonly string[];
}

type Groups = Readonly<Record<string, string | undefined>>;

const ROLES = ['worker', 'codec-server', 'doctor'];

const AWS: Provider = {
  scheme: 'awskms',
  example: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  form: /^\/?(?:(?<arn>arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,32}:\d{12}:key\/[\w-]{1,64})|(?:arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,32}:\d{12}:)?alias\/(?<alias>[\w/-]{1,250})|(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/,
  parameters: ['region', 'id'],
  hasLongNames: true,
  policies: () => ROLES.map((role) => `aws/${role}.json`),
  values: ({ arn }) => ({ key: arn ?? 'arn:aws:kms:<region>:<account>:key/<key ID>' }),
  notes: ({ arn }) =>
    arn === undefined
      ? ['Write the ARN of the key into the policies: IAM takes no alias and no bare key ID there.']
      : [],
};

const GCP: Provider = {
  scheme: 'gcpkms',
  example: 'projects/orders-prod/locations/europe-west1/keyRings/waxseal/cryptoKeys/orders',
  form: /^projects\/(?<project>[\w.:-]{1,128})\/locations\/(?<location>[\w-]{1,64})\/keyRings\/(?<keyRing>[\w-]{1,63})\/cryptoKeys\/(?<key>[\w-]{1,63})$/,
  parameters: ['endpoint', 'id'],
  hasLongNames: true,
  policies: () => [...ROLES.map((role) => `gcp/${role}.sh`), 'gcp/waxseal-doctor.yaml'],
  values: ({ project = '', location = '', keyRing = '', key = '' }) => ({ project, location, keyRing, key }),
  notes: () => [
    'Put the service accounts of your processes in the place of worker@, codec-server@ and doctor@.',
  ],
};

const AZURE: Provider = {
  scheme: 'azurekeyvault',
  example: 'https://orders.vault.azure.net/keys/payloads',
  also: /^https:\/\//,
  form: /^(?<vault>[a-zA-Z0-9-]{1,63})\.(?<kind>vault|managedhsm)\.[a-z.]{1,32}\/keys\/(?<key>[\w-]{1,127})(?:\/[0-9a-f]{32})?$/,
  parameters: ['algorithm', 'wrapLocally', 'privateCloud', 'id'],
  hasLongNames: true,
  policies: ({ kind }) =>
    kind === 'managedhsm'
      ? ['azure/managed-hsm.sh']
      : [...ROLES.map((role) => `azure/${role}.json`), 'azure/assign.sh'],
  values: ({ vault = '', key = '' }) => ({ vault, key, subscription: '<subscription ID>' }),
  notes: ({ kind }) => [
    kind === 'managedhsm'
      ? 'Set WORKER to the object ID of your worker before you run the commands. A key of AES needs ?algorithm=A256KW behind its URI.'
      : 'Write your subscription into the roles, and set WORKER to the object ID of your worker before you run assign.sh.',
  ],
};

const VAULT: Provider = {
  scheme: 'vaulttransit',
  example: 'transit/orders',
  form: /^(?:[\w./-]{1,128}\/)?(?<mount>(?:[\w.-]|%2F){1,128})\/(?<key>[\w.-]{1,128})$/,
  parameters: ['id'],
  hasLongNames: false,
  policies: () => ROLES.map((role) => `vault/${role}.hcl`),
  values: ({ mount = '', key = '' }) => ({ mount: mount.replaceAll('%2F', '/'), key }),
  notes: () => [
    'Set VAULT_ADDR and a login (VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID) for your processes.',
  ],
};

const SERVICES = { aws: AWS, gcp: GCP, azure: AZURE, vault: VAULT } as const;

/** What a key of a provider looks like, for a question. */
export function exampleOfKey(provider: Exclude<ProviderName, 'local'>): string {
  return SERVICES[provider].example;
}

/** Whether payloads of a provider get shorter by an ID of one's own. */
export function isIdWorthIt(provider: ProviderName): boolean {
  return provider !== 'local' && SERVICES[provider].hasLongNames;
}

/**
 * Reads a key as its service names it, or as a URI of Waxseal's. No service is asked.
 *
 * @param id name that payloads are to record; for none what the service calls the key
 * @throws UsageError that shows what a key of the provider looks like, and not what was given
 */
export function chosenKey(
  provider: Exclude<ProviderName, 'local'>,
  given: string,
  id: string | undefined,
): ChosenKey {
  const { scheme, also, form, example, parameters, policies, values, notes } = SERVICES[provider];
  const [name = '', query = ''] = given
    .trim()
    .replace(`${scheme}://`, '')
    .replace(also ?? '', '')
    .split('?');
  const found = form.exec(name);
  const search = new URLSearchParams(query);
  if (found === null || ![...search.keys()].every((each) => parameters.includes(each))) {
    throw new UsageError(
      `--key is no key of ${provider}: write it as ${example}, or as a URI of ${scheme}://.`,
    );
  }
  if (id !== undefined) search.set('id', id);
  const groups = found.groups ?? {};
  const path = scheme === 'awskms' ? `/${name.replace(/^\//, '')}` : name;
  return {
    uri: `${scheme}://${path}${search.size === 0 ? '' : `?${search.toString()}`}`,
    packages: packagesForKeys(scheme),
    policies: policies(groups),
    values: values(groups),
    notes: notes(groups),
  };
}

/** A key of a key-ring file, which is there or will be made. */
export function localKey(file: string, name: string): ChosenKey {
  return {
    uri: localKeyUri(file, name),
    packages: packagesForKeys('local'),
    policies: [],
    values: {},
    notes: [
      `Keep ${file} secret, and a copy of it: without it nothing can be decrypted. It is for this machine; another one has its own, which WAXSEAL_PRIMARY_KEY names there.`,
    ],
  };
}

const ID = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,31}$/;

/** @throws UsageError when it is no short name that can stand in payloads */
export function checkId(id: string): string {
  if (ID.test(id)) return id;
  throw new UsageError('--id must be 1 to 32 letters, digits, dots, dashes or underscores, such as orders.');
}

/** A name like the project's that can be an ID. */
export function proposedId(projectName: string): string {
  const name = projectName.replace(/^@[^/]*\//, '').replaceAll(/[^a-zA-Z0-9._-]/g, '-');
  return name.replace(/^[^a-zA-Z0-9]+/, '').slice(0, 32) || 'payloads';
}
