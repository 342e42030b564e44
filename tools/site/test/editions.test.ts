import { expect, it } from '@jest/globals';
import { editionOfBuild, editionsOf } from '../src/editions';

it('before the first release there is what comes next, alone', () => {
  const alone = { name: 'next', path: '', ref: 'main' };
  expect(editionsOf(['', 'v0.1.0-rc.1', 'v1', 'checked'])).toEqual([alone]);
  expect(editionOfBuild(undefined)).toEqual({ ...alone, all: [alone] });
});

it('the newest release has the address of the site, and each minor version its last', () => {
  const tags = ['v0.9.1', 'v0.10.0', 'v0.9.12', 'v0.9.2', 'v1.0.0-beta.1', 'v0.10.0-rc.2'];
  expect(editionsOf(tags)).toEqual([
    { name: 'v0.10', path: '', ref: 'v0.10.0' },
    { name: 'v0.9', path: 'v0.9/', ref: 'v0.9.12' },
    { name: 'next', path: 'next/', ref: 'main' },
  ]);
});

it('as many are kept as can be built', () => {
  const names = editionsOf(Array.from({ length: 40 }, (_, minor) => `v1.${String(minor)}.0`)).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['v1.39', 'v1.38', 'v1.37', 'v1.36', 'v1.35', 'next']);
});
