import { once } from 'node:events';
import { Command, Option } from 'commander';
import { createCodecServer, listen } from '@waxseal/codec-server';
import { ConfigurationError, EnvelopeCodec } from '@waxseal/core';
import { keyringFromUris } from '../keys/keyring-from-uris';
import type { Output } from '../output/output';
import { logLine } from '../output/log-line';
import { addAlias, type Aliases } from './add-alias';
import { appendList } from './append-list';
import { parsePort } from './parse-port';

interface ServeOptions {
  readonly primaryKey?: string;
  readonly decryptKey?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly allowOrigin?: readonly string[];
  readonly allowCredentials?: true;
  readonly allowEncode?: true;
  readonly defaultNamespace?: string;
  readonly namespaceAlias?: Aliases;
  readonly basePath?: string;
  readonly allowUnauthenticatedNetworkAccess?: true;
}

/** `waxseal serve`: runs a Codec Server until it is interrupted. */
export function serveCommand(output: Output): Command {
  return new Command('serve')
    .summary('run a Codec Server for the Temporal Web UI and CLI')
    .description(
      'Runs a Codec Server that decrypts payloads for the Temporal Web UI and the temporal CLI. It has no authentication: it binds loopback only, for use on the machine it runs on.',
    )
    .addOption(new Option('--primary-key <uri>', 'key that encrypts and decrypts').env('WAXSEAL_PRIMARY_KEY'))
    .addOption(
      new Option('--decrypt-key <uri>', 'key that only decrypts; repeatable, or separated by commas')
        .env('WAXSEAL_DECRYPT_KEYS')
        .argParser(appendList),
    )
    .option('--host <host>', 'address to bind', '127.0.0.1')
    .option('--port <port>', 'port to bind, 0 for any free one', parsePort, 8081)
    .option(
      '--allow-origin <origin>',
      'origin of a Web UI that may use this server, such as http://localhost:8233; repeatable',
      appendList,
    )
    .option('--allow-credentials', 'let these origins send cookies ("Include cross-origin credentials")')
    .option('--allow-encode', 'serve /encode also, to start and signal workflows from the Web UI and CLI')
    .option('--default-namespace <namespace>', 'namespace of requests that name none')
    .option(
      '--namespace-alias <current=former>',
      'let payloads of a namespace open under its new name; repeatable',
      addAlias,
    )
    .option('--base-path <path>', 'path in front of all routes, when a proxy does not remove it')
    .option(
      '--allow-unauthenticated-network-access',
      'DANGEROUS: bind other addresses than loopback; everyone who can connect can decrypt',
    )
    .addHelpText(
      'after',
      `
Keys are named by URI:
  local:///etc/waxseal/keyring.json#orders    a key of a file that "waxseal keygen" wrote
  awskms:///<key ARN>[?region=<region>]       AWS KMS; credentials as the AWS SDK finds them
  vaulttransit://<mount>/<key name>           Vault or OpenBao; VAULT_ADDR, VAULT_TOKEN and their like

Example:
  waxseal serve --primary-key local:///etc/waxseal/keyring.json#orders --allow-origin http://localhost:8233
  temporal workflow show -w order-1 --codec-endpoint http://127.0.0.1:8081

Stop it with Ctrl-C: requests that are being answered are finished first.`,
    )
    .action((options: ServeOptions) => serve(options, output));
}

async function serve(options: ServeOptions, { line, notice }: Output): Promise<void> {
  const { primaryKey, decryptKey: decryptKeys, allowOrigin = [], allowEncode = false } = options;
  const { defaultNamespace, basePath } = options;
  const keyring = await keyringFromUris({ primaryKey, decryptKeys });
  if (allowEncode && keyring.primaryKeyId === undefined) {
    throw new ConfigurationError('--allow-encode needs --primary-key <uri> or WAXSEAL_PRIMARY_KEY.');
  }
  const codec = new EnvelopeCodec({ keyring, namespaceAliases: options.namespaceAlias });
  try {
    if (allowEncode) await codec.warmUp();
    const server = createCodecServer({
      codec,
      allowedOrigins: allowOrigin,
      allowCredentials: options.allowCredentials ?? false,
      allowEncode,
      ...(defaultNamespace === undefined ? {} : { defaultNamespace }),
      ...(basePath === undefined ? {} : { basePath }),
      onError: (error, request) => {
        notice(logLine(error, request));
      },
    });
    const listening = await listen(server, {
      host: options.host,
      port: options.port,
      allowUnauthenticatedNetworkAccess: options.allowUnauthenticatedNetworkAccess ?? false,
    });
    line(`Codec Server at ${listening.url}`);
    line(`Keys: ${keyring.keyIds.join(', ')}`);
    if (allowOrigin.length === 0) {
      notice(
        'No Web UI can use it yet. For the one of a development server add --allow-origin http://localhost:8233',
      );
    }
    if (options.allowUnauthenticatedNetworkAccess) {
      notice('WARNING: there is no authentication. Everyone who can connect can decrypt your payloads.');
    }
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await listening.close();
  } finally {
    codec.close();
  }
}
