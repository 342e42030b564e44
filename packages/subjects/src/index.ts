export { SubjectKeys } from './subject-keys';
export { listSubjects, type Subject } from './subject';
export type { SubjectKeysOptions } from './subject-keys-options';
export { SubjectShreddedError } from './subject-error';
export { forSubject } from './for-subject';
