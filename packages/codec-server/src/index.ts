export { createCodecServer } from './create-codec-server';
export type { CodecServer } from './codec-server';
export type { CodecServerOptions } from './options/codec-server-options';
export { optionsOfConfig } from './options/options-of-config';
export type { ErrorListener, FailedRequest } from './options/error-listener';
export type { ClientCertificate } from './client-certificate';
export type { ClientConnection } from './client-connection';
export type { RateLimit } from './options/rate-limit';
export { listen } from './node/listen';
export type { ListenOptions } from './node/listen-options';
export type { TlsOptions } from './node/tls/tls-options';
export type { TlsReload } from './node/tls/tls-reload';
export type { ListeningCodecServer } from './node/listening-codec-server';
export type { AuthenticatorOptions } from './auth/authenticator-options';
export type { JwtAuthenticatorOptions } from './auth/jwt-authenticator-options';
export type { BearerAuthenticatorOptions, StaticToken } from './auth/bearer-authenticator-options';
export type { ClientCertificateAuthenticatorOptions } from './auth/client-certificate-authenticator-options';
export type { ClaimConditions } from './auth/claim-conditions';
export type { TokenSource } from './auth/token-source';
export type { Principal } from './auth/principal';
export type { AccessRequest } from './authorization/access-request';
export type { AccessRule } from './authorization/access-rule';
export type { Authorize } from './authorization/authorize';
export type { Decision } from './authorization/decision';
export type { Grant } from './authorization/grant';
export type { PermissionPolicies } from './authorization/permission-policies';
export type { NamespacePermission } from './authorization/namespace-permission';
export type { AuditRecord } from './audit/audit-record';
export type { AuditSink } from './audit/audit-sink';
export { jsonLinesAudit } from './audit/json-lines-audit';
export type { ExternalStorageOptions, StorageReader } from './storage/external-storage-options';
export type { StorageReference } from './storage/storage-reference';
export type { OnPayloadError } from './codec/on-payload-error';
export type { Endpoint, Operation } from './routing/operation';
export { describePayload } from './inspect/describe-payload';
export type { EnvelopeDescription, PayloadDescription } from './inspect/payload-description';
export { keyReadiness, type KeyReadinessOptions } from './health/key-readiness';
export type { Readiness } from './health/readiness';
export type { AnsweredRequest } from './telemetry/answered-request';
export type { ServerTelemetry } from './telemetry/server-telemetry';
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
