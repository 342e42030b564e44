export { findOpenBao } from './find-openbao';
export { startOpenBao, type OpenBaoServer } from './openbao';
