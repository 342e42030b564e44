import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import type * as Subjects from '@waxseal/subjects';
import type { SubjectKeys } from '@waxseal/subjects';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { isOfSubject } from '../scan/payload-format';

/** The package of the keys of subjects, which need not be installed. */
export function subjectsPackage(): Promise<typeof Subjects> {
  return importOptional('waxseal subjects', ['@waxseal/subjects'], () => import('@waxseal/subjects'));
}

/**
 * Does something with the keys of subjects that the configuration has, or that stand behind a keyring of it.
 *
 * @throws ConfigurationError where it has none; what `work` throws
 */
export async function withSubjects<T>(
  options: KeyOptions,
  { notice }: Output,
  work: (subjects: SubjectKeys) => Promise<T>,
): Promise<T> {
  const { SubjectKeys } = await subjectsPackage();
  const config = await configurationOf(options);
  const { codec, keyring, store } = config;
  let subjects = config.subjects ?? SubjectKeys.behind(codec.keyring);
  try {
    for (const text of configurationLines(config)) notice(text);
    if (subjects === undefined && store !== undefined) subjects = new SubjectKeys({ store, keyring });
    if (subjects === undefined) {
      throw new ConfigurationError(
        'No store is named, which the keys of subjects are kept in. Set WAXSEAL_STORE, or write "store" into a waxseal.config file.',
      );
    }
    return await work(subjects);
  } finally {
    codec.close();
    subjects?.close();
    await store?.close();
  }
}

/** The key ID of a subject that is named by its ID, or by its key ID. */
export async function keyIdOf(subjects: SubjectKeys, id: string): Promise<string> {
  return isOfSubject(id) ? id : subjects.keyIdOf(id);
}
