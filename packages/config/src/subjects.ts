import { ConfigurationError, type Keyring, type KeyringSelector } from '@waxseal/core';
import type { Environment } from '@waxseal/core/provider';
import type { Store } from '@waxseal/store';
import type { SubjectKeys, SubjectKeysOptions } from '@waxseal/subjects';
import { atField } from './at-field';
import { importOptional } from './import-optional';
import { valueOf } from './variables';

const SUBJECTS = 'WAXSEAL_SUBJECTS';

/** Options of the keys of subjects, without what the configuration has already. */
export type SubjectsConfig = Pick<
  SubjectKeysOptions,
  'sealedBy' | 'subjectOf' | 'forgetWithin' | 'maxSubjects'
>;

/**
 * The keys of subjects that a configuration asks for, by `subjects` of its file or by the variable.
 *
 * @param where the file, for messages
 * @returns `undefined` where it asks for none
 * @throws ConfigurationError that names the file or the variable
 */
export async function subjectKeysOf(
  inFile: SubjectsConfig | undefined,
  environment: Environment,
  where: string,
  { store, keyring }: { readonly store: Store | undefined; readonly keyring: Keyring | KeyringSelector },
): Promise<SubjectKeys | undefined> {
  const variable = valueOf(environment, SUBJECTS);
  if (variable !== undefined && variable !== 'true' && variable !== 'false') {
    throw new ConfigurationError(`${SUBJECTS} must be true or false (docs/subjects.md).`);
  }
  if (variable === 'false' || (variable === undefined && inFile === undefined)) return undefined;
  const field = variable === undefined ? `${where}: subjects` : SUBJECTS;
  if (store === undefined) {
    throw new ConfigurationError(
      `${field}: keys of subjects are kept in a store. Name one by WAXSEAL_STORE, or by "store" of a waxseal.config file.`,
    );
  }
  const { SubjectKeys } = await importOptional(
    `What ${field} asks for`,
    ['@waxseal/subjects'],
    () => import('@waxseal/subjects'),
  );
  return atField(field, () => new SubjectKeys({ ...inFile, store, keyring }));
}
