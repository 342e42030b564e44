export { createCodecServer, type CodecServer } from './codec-server';
export type { CodecServerOptions, RateLimit } from './options/codec-server-options';
export { optionsOfConfig, listenOptionsOfConfig, type ServerConfig } from './server-config';
export type { ErrorListener, FailedRequest, AnsweredRequest, ServerTelemetry } from './telemetry';
export type { ClientCertificate, ClientConnection } from './server-request';
export { assertCanListen, listen, type ListeningCodecServer } from './node/listen';
export type { ListenOptions } from './node/listen-options';
export type { TlsOptions, TlsReload } from './node/tls-options';
export type { AuthenticatorOptions } from './auth/auth-options';
export type { JwtAuthenticatorOptions, SignInOptions, TokenSource } from './auth/jwt-options';
export type { BearerAuthenticatorOptions, StaticToken } from './auth/static-tokens';
export type { ClientCertificateAuthenticatorOptions } from './auth/client-certificate';
export type {
  ClaimConditions,
  AccessRequest,
  AccessRule,
  Authorize,
  Decision,
  PermissionPolicies,
} from './authorization/access-rules';
export type { Principal, Grant, NamespacePermission } from './authorization/principal';
export {
  type AuditRecord,
  type AuditSink,
  jsonLinesAudit,
  type JsonLinesAuditOptions,
  auditLine,
} from './audit';
export {
  AuditChain,
  type AuditChainOptions,
  type AuditHead,
  type ChainedAuditLine,
  parseAuditLine,
  auditLineHash,
} from './audit-chain';
export type { ExternalStorageOptions, StorageReader, StorageReference } from './storage/external-storage';
export type { OnPayloadError } from './run-codecs';
export { payloadDecoder, type PayloadDecoder, type PayloadDecoderOptions } from './payload-decoder';
export type { Endpoint, NamedExecution, Operation } from './routing';
export { describePayload, type EnvelopeDescription, type PayloadDescription } from './describe-payload';
export { keyReadiness, type KeyReadiness, type KeyReadinessOptions, type Readiness } from './readiness';
export { DecodePolicies } from './masking/decode-policies';
export type {
  CompiledDecodePolicy,
  DecodePoliciesOptions,
  DecodePolicy,
  MaskingOptions,
  MaskPolicy,
  MaskRule,
  Shown,
} from './masking/decode-policy';
export { HIDDEN_METADATA } from './masking/hidden-payload';
