import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { explainCredentials, GCP_CREDENTIAL_ERRORS } from '../src/credential-errors';
import { explainGcpError, GCP_NEXT_STEPS } from '../src/errors';

const SECRET = 'QUOTED-SECRET';
const token = (text: string): object => ({
  code: 16,
  details: `Getting metadata from plugin failed with error: ${text} ${SECRET}`,
});
const coded = (code: string, text: string): object => Object.assign(new Error(`${text} ${SECRET}`), { code });

/** What the SDK throws, and what is said of it, for each row of the table in its order. */
const CREDENTIALS: readonly (readonly [thrown: object, reason: string, says: string])[] = [
  [
    new Error('Could not load the default credentials. Browse to …'),
    'unavailable',
    'Set GOOGLE_APPLICATION_CREDENTIALS',
  ],
  [coded('ENOENT', 'lstat'), 'unavailable', 'Check the path of the credentials file'],
  [
    token('The file at /token does not exist, or it is not a file.'),
    'unavailable',
    'Check the path of the credentials file',
  ],
  [coded('EACCES', 'open'), 'unavailable', 'Check owner and mode'],
  [new SyntaxError(`Unexpected token 'Q', "${SECRET}" is not valid JSON`), 'unavailable', 'is not JSON'],
  [
    new Error('The incoming JSON object does not contain a client_email field'),
    'unavailable',
    '"client_email" is missing in the credentials file',
  ],
  [
    token('error:1E08010C:DECODER routines::unsupported'),
    'denied',
    'The private_key in the credentials file',
  ],
  [
    new Error('Unable to detect a Project Id in the current environment.'),
    'unavailable',
    'Set GOOGLE_CLOUD_PROJECT',
  ],
  [
    new Error(
      'The configured universe domain (a) does not match the universe domain found in the credentials (b).',
    ),
    'denied',
    'GOOGLE_CLOUD_UNIVERSE_DOMAIN',
  ],
  [token('invalid_grant'), 'denied', 'The credentials were refused (invalid_grant)'],
  [
    token('Error code invalid_target: The target service indicated by the "audience" parameter is invalid.'),
    'denied',
    'The credentials were refused (invalid_target). Check client, audience',
  ],
  [
    token("Permission 'iam.serviceAccounts.getAccessToken' denied on resource"),
    'denied',
    'roles/iam.workloadIdentityUser',
  ],
  [token('Could not refresh access token: not found'), 'unavailable', 'attach a service account'],
  [
    token(
      'request to http://169.254.169.254/computeMetadata/v1/instance failed, reason: connect EHOSTUNREACH',
    ),
    'unavailable',
    'The metadata server does not answer',
  ],
  [
    token(
      'request to https://sts.googleapis.com/v1/token failed, reason: getaddrinfo ENOTFOUND sts.googleapis.com',
    ),
    'unavailable',
    'could not be reached (ENOTFOUND). Check the network, HTTPS_PROXY',
  ],
];

/** What the service or gRPC says, and the next step, for each row of the table in its order. */
const STEPS: readonly (readonly [thrown: object, says: string])[] = [
  [
    {
      code: 7,
      details: 'The cloudkms.googleapis.com API requires a quota project, which is not set by default.',
      reason: 'SERVICE_DISABLED',
    },
    'GOOGLE_CLOUD_QUOTA_PROJECT',
  ],
  [
    {
      code: 7,
      details: 'Caller does not have required permission to use project p.',
      reason: 'USER_PROJECT_DENIED',
    },
    'roles/serviceusage.serviceUsageConsumer',
  ],
  [
    {
      code: 7,
      details: 'Cloud Key Management Service (KMS) API has not been used in project 1 before',
      reason: 'SERVICE_DISABLED',
    },
    'gcloud services enable cloudkms.googleapis.com',
  ],
  [
    { code: 7, details: 'This API method requires billing to be enabled.', reason: 'BILLING_DISABLED' },
    'Enable billing',
  ],
  [
    { code: 4, details: 'Deadline exceeded after 1.9s,Waiting for LB pick' },
    'There was no connection, or no access token, in time',
  ],
  [
    { code: 14, details: 'Name resolution failed for target dns:kms.test:443' },
    'Check the name in "?endpoint="',
  ],
  [
    {
      code: 14,
      details: 'No connection established. Last error: Error: self-signed certificate in certificate chain.',
    },
    'NODE_EXTRA_CA_CERTS',
  ],
  [
    {
      code: 14,
      details:
        "No connection established. Last error: Hostname/IP does not match certificate's altnames: Host: a.",
    },
    'a name that is in the certificate',
  ],
  [
    {
      code: 14,
      details:
        'No connection established. Last error: error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
    },
    'check the port',
  ],
  [
    { code: 14, details: 'No connection established. Last error: undefined. Resolution note: ' },
    'The proxy (HTTPS_PROXY, HTTP_PROXY, grpc_proxy) did not let the connection through',
  ],
  [
    { code: 14, details: 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:9.' },
    'HTTPS_PROXY and NO_PROXY',
  ],
];

describe('of credentials and tokens', () => {
  it.each(CREDENTIALS)('%p means %s: %s', (thrown, reason, says) => {
    const error = explainCredentials(thrown, 'could not do it');
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(says);
    expect(inspect(error, { showHidden: true, depth: 5 })).not.toContain(SECRET);
  });

  it('each row of the table is told apart', () => {
    expect(
      new Set(CREDENTIALS.map(([thrown]) => explainCredentials(thrown, 'could not do it').message)).size,
    ).toBe(CREDENTIALS.length);
    expect(CREDENTIALS).toHaveLength(GCP_CREDENTIAL_ERRORS.length);
  });

  it('what is in no row is not quoted', () => {
    const error = explainCredentials(new Error(SECRET), 'could not do it');
    expect(error.message).toContain('GOOGLE_APPLICATION_CREDENTIALS');
    expect(inspect(error, { showHidden: true })).not.toContain(SECRET);
  });
});

describe('of the service and of gRPC', () => {
  it.each(STEPS)('%p: %s', (shape, says) => {
    const { details } = shape as { readonly details: string };
    const thrown = Object.assign(new Error(`14 UNAVAILABLE: ${details}`), shape);
    const { message } = explainGcpError(thrown, 'Encrypt').cause as Error;
    expect(message.startsWith(`14 UNAVAILABLE: ${details}`)).toBe(true);
    expect(message).toContain(says);
  });

  it('each row of the table has one', () => {
    expect(STEPS).toHaveLength(GCP_NEXT_STEPS.length);
  });
});
