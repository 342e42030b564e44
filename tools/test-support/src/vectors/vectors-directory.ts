import { join } from 'node:path';

/** docs/spec/vectors of this repository. */
export const VECTORS_DIRECTORY = join(__dirname, '..', '..', '..', '..', 'docs', 'spec', 'vectors');
