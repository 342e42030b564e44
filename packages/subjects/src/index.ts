export { SubjectKeys, type Subject } from './subject-keys';
export type { SubjectKeysOptions } from './subject-keys-options';
export { SubjectShreddedError } from './subject-error';
export { forSubject } from './for-subject';
