import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOpenBao } from '@waxseal/bring-up';
import { startAwsKmsDouble, startAzureKeyVaultDouble, startGcpKmsDouble } from '@waxseal/testing';
import { ROOT } from './code-blocks';

/** What a program is asked, and what the one in its place prints. What is not listed it refuses. */
type Answers = Readonly<Record<string, string>>;

/** What stands in, where a page is run, for what cannot be run without an account. */
export interface StandIns {
  /** By program: the first words of a command, and the answer to it. */
  readonly programs: Readonly<Record<string, Answers>>;
  /** Real programs, and where they are. */
  readonly real: Readonly<Record<string, string>>;
  /** What the service's own SDK reads: addresses, certificates, an account of the double. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where no variable can name the double: its key in the place of the one that waxseal init has written. */
  readonly primaryKey: string | undefined;
  close(): Promise<void>;
}

const NO_ANSWER = '';

/** The key services of the pages, by the name of the page. This is all that is not as the page says. */
export const STAND_INS: Readonly<Record<string, (folder: string) => Promise<StandIns>>> = {
  async aws() {
    const double = await startAwsKmsDouble();
    return {
      programs: {
        aws: {
          'kms create-key': double.createKey().arn,
          'kms enable-key-rotation': NO_ANSWER,
          'iam create-policy': NO_ANSWER,
        },
      },
      real: {},
      environment: {
        AWS_ENDPOINT_URL: double.endpoint,
        AWS_ACCESS_KEY_ID: 'AKIDWAXSEALTESTS0001',
        AWS_SECRET_ACCESS_KEY: 'of-a-double',
      },
      primaryKey: undefined,
      close: () => double.close(),
    };
  },

  async google(folder) {
    const double = await startGcpKmsDouble({ tls: true });
    const key = double.createKey({ keyRing: 'waxseal', location: 'europe-west1', name: 'orders' });
    const [ca, account] = [join(folder, 'ca.pem'), join(folder, 'account.json')];
    writeFileSync(ca, double.caCertificate ?? '');
    writeFileSync(account, JSON.stringify(await double.serviceAccount()));
    const [, port = ''] = double.endpoint.split(':');
    return {
      programs: {
        gcloud: {
          'config get-value project': 'orders-prod',
          'config get-value account': 'ada@example.com',
          'services enable': NO_ANSWER,
          'auth application-default login': NO_ANSWER,
          'kms keyrings create': NO_ANSWER,
          'kms keys create': NO_ANSWER,
          'kms keys add-iam-policy-binding': NO_ANSWER,
          'iam service-accounts create': NO_ANSWER,
          'iam roles create': NO_ANSWER,
        },
      },
      real: {},
      environment: { GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: ca, GOOGLE_APPLICATION_CREDENTIALS: account },
      primaryKey: `gcpkms://${key.name}?endpoint=localhost%3A${port}&id=orders`,
      close: () => double.close(),
    };
  },

  async azure(folder) {
    const double = await startAzureKeyVaultDouble();
    const key = await double.createKey({ name: 'payloads' });
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, double.caCertificate);
    const { tenantId, clientId, clientSecret } = double.login;
    return {
      programs: {
        az: {
          'group create': NO_ANSWER,
          'keyvault create': NO_ANSWER,
          'keyvault key create': NO_ANSWER,
          'keyvault show':
            '/subscriptions/0/resourceGroups/orders/providers/Microsoft.KeyVault/vaults/orders',
          'identity create': '00000000-0000-0000-0000-000000000002',
          'account show': '00000000-0000-0000-0000-000000000000',
          'ad signed-in-user show': '00000000-0000-0000-0000-000000000001',
          'role definition create': NO_ANSWER,
          'role assignment create': NO_ANSWER,
        },
      },
      real: {},
      environment: {
        NODE_EXTRA_CA_CERTS: ca,
        AZURE_AUTHORITY_HOST: double.url,
        AZURE_TENANT_ID: tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_SECRET: clientSecret,
      },
      primaryKey: `azurekeyvault://${new URL(double.url).host}/keys/${key.name}?privateCloud=true&id=orders`,
      close: () => double.close(),
    };
  },

  // Nothing stands in: the program is OpenBao's own, and the page starts its server.
  async vault() {
    const { path } = await findOpenBao();
    const real = { bao: path };
    return { programs: {}, real, environment: {}, primaryKey: undefined, close: () => Promise.resolve() };
  },
};

/** Written into the folder of programs: answers what is listed, and refuses a file that is not there. */
const PROGRAM = `#!/usr/bin/env node
const { existsSync, appendFileSync } = require('node:fs');
const [answers, log] = [ANSWERS, LOG];
const args = process.argv.slice(2);
const said = args.join(' ');
const found = Object.keys(answers).find((words) => said.startsWith(words));
const files = args.flatMap((arg) => /^(?:.*file:\\/\\/|--file=|@)(.+)$/.exec(arg)?.[1] ?? []);
const missing = files.find((file) => !existsSync(file));
if (found === undefined || missing !== undefined) {
  console.error(found === undefined ? 'Nothing stands in for: ' + said : 'There is no file ' + missing);
  process.exit(1);
}
appendFileSync(log, found + '\\n');
if (answers[found] !== '') console.log(answers[found]);
`;

/** npm as it is, but packages come from this repository: those that are named and no others. */
const NPM = `#!/usr/bin/env bash
set -e
[ "$1" = install ] || exec ${JSON.stringify('NPM_PROGRAM')} "$@"
shift
mkdir -p node_modules/.bin
for name in "$@"; do
  case "$name" in -*) continue ;; esac
  [ -d "$PACKAGES/$name" ] || { echo "There is no package $name" >&2; exit 1; }
  mkdir -p "node_modules/$(dirname "$name")"
  ln -sfn "$PACKAGES/$name" "node_modules/$name"
  npm pkg set "dependencies.$name=*"
  for bin in waxseal tsx jest vitest; do
    [ "$name" = "$bin" ] || [ "$name" = "@waxseal/cli" -a "$bin" = waxseal ] || continue
    ln -sfn "$PACKAGES/.bin/$bin" "node_modules/.bin/$bin"
  done
done
`;

/** Makes the folder of programs that a page finds first. @param log lists the answered commands */
export function writePrograms(
  folder: string,
  { programs, real }: StandIns,
  tools: { readonly npm: string; readonly temporal: string },
  log: string,
): void {
  mkdirSync(folder);
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  for (const [name, answers] of Object.entries(programs)) {
    write(name, PROGRAM.replace('ANSWERS', JSON.stringify(answers)).replace('LOG', JSON.stringify(log)));
  }
  write('npm', NPM.replace('NPM_PROGRAM', tools.npm).replaceAll('$PACKAGES', join(ROOT, 'node_modules')));
  for (const [name, path] of Object.entries({ ...real, temporal: tools.temporal })) {
    symlinkSync(path, join(folder, name));
  }
}
