import {
  KeyServiceAnswerError,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';
import { credentialSource, MissingCredentialsError } from './credentials';
import { TunnelError } from './proxy-tunnels';

/** A complaint of the SDK, made before the service was asked. */
interface SdkComplaint {
  /** What its text says; the text itself is not shown, since it can quote what a program or a file said. */
  readonly text: RegExp;
  readonly reason: KeyServiceErrorReason;
  /** Sentences that name the setting and the next step. */
  readonly because: (source: string, nextStep: string) => string;
}

/**
 * What the SDK complains of by itself, and what each means. Sources: its packages `@smithy/core/config`,
 * `credential-provider-*` and `token-providers`. The first that fits counts.
 */
export const SDK_COMPLAINTS: readonly SdkComplaint[] = [
  {
    text: /^Region is missing|Missing Region|expected `region` to be configured/,
    reason: 'not-found',
    because: () =>
      'AWS has no region. Set AWS_REGION, or region in the profile of AWS_PROFILE, or write ?region=<region> behind the key URI; an ARN names its region itself.',
  },
  {
    text: /is not a valid hostname component/,
    reason: 'not-found',
    because: () => 'The AWS region is malformed. Check AWS_REGION, the profile, and ?region= of the key URI.',
  },
  {
    text: /SSO session|SSO Token|Token is expired/i,
    reason: 'denied',
    because: () =>
      'The session of IAM Identity Center (SSO) is missing or has ended. Run "aws sso login" with the profile of AWS_PROFILE.',
  },
  {
    text: /multi-factor authentication/,
    reason: 'denied',
    because: () =>
      'The profile of AWS_PROFILE asks for a second factor (mfa_serial), which nobody can give here. Use another profile.',
  },
  {
    text: /Unsupported credential source|Detected a cycle/,
    reason: 'denied',
    because: () =>
      'The profile of AWS_PROFILE cannot be followed. Check its credential_source and source_profile.',
  },
  {
    text: /^(?:ENOENT|EACCES|EPERM|EISDIR)\b.*\bopen\b|^EISDIR/,
    reason: 'unavailable',
    because: () =>
      'A token file cannot be read. Check AWS_WEB_IDENTITY_TOKEN_FILE (IRSA), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (EKS Pod Identity), or web_identity_token_file of the profile.',
  },
  {
    text: /Could not (?:load|resolve) credentials|could not be found in shared credentials file|credential_process|Command failed/,
    reason: 'unavailable',
    because: (source, nextStep) => `No AWS credentials were found: looked for in ${source}. ${nextStep}.`,
  },
];

/** The errors of the SDK's sources of credentials and tokens; what each of them says beside is not shown. */
const OF_SOURCES: ReadonlySet<unknown> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ProviderError',
]);

/** @returns `undefined` for an error that is none of the SDK's own complaints */
export function explainSdkError(error: unknown): KeyServiceFailure | undefined {
  const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  if (error instanceof MissingCredentialsError) return failure('timeout', error.message, error.name);
  if (error instanceof TunnelError) return failure(error.reason, error.message, error.name);
  const { source, nextStep } = credentialSource(process.env);
  const complaint = SDK_COMPLAINTS.find(({ text }) => text.test(String(message)));
  const isOfSource = OF_SOURCES.has(name);
  // An answer of the service has a name of its own and is explained by that.
  if (complaint !== undefined && (isOfSource || name === 'Error')) {
    return failure(complaint.reason, complaint.because(source, nextStep), name);
  }
  if (!isOfSource) return undefined;
  return failure('unavailable', `${source} gave no AWS credentials. ${nextStep}.`, name);
}

function failure(reason: KeyServiceErrorReason, because: string, name: unknown): KeyServiceFailure {
  const cause = new KeyServiceAnswerError(because, reason, { originalName: String(name) });
  return { reason, cause, because };
}

/** Refused credentials that other ones could replace. */
export const STALE_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

/** A sentence for credentials that are still refused after they were asked for anew. */
export function refusedAgain(): string {
  const { source, nextStep } = credentialSource(process.env);
  return `AWS does not take the credentials, and asking again for others did not help. Where the SDK finds its credentials, they come from ${source}. ${nextStep}.`;
}
