export { startOpenBao, type OpenBaoServer } from './openbao';
