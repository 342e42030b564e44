import { describe, expect, it } from '@jest/globals';

import { describeStore, storeCases } from '../src';
import { modelStoreSubject } from './support/model-database';
import { ModelStore } from './support/model-store';

describeStore({ describe, it }, modelStoreSubject(ModelStore));

describe('the suite of stores', () => {
  it('has a name of its own for each case', () => {
    expect(new Set(storeCases.map(({ name }) => name)).size).toBe(storeCases.length);
  });
});
