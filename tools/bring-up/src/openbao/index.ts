export { startOpenBao } from './start-openbao';
export type { OpenBaoServer } from './openbao-server';
