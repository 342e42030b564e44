import { resolve } from 'node:path';

/** The absolute path of the repository that this module is part of; the same from `src/` and from `dist/`. */
export const repositoryRoot: string = resolve(__dirname, '../../../..');
