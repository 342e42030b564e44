import { Option } from 'commander';
import type { Output } from '../output';
import type { ServeOptions } from '../serve/serve';
import { CliCommand } from './cli-command';
import { addAlias, appendList, parsePort, withKeyOptions } from './options';

/** `waxseal serve`: runs a Codec Server until it is interrupted. */
export function serveCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('serve')
      .summary('run a Codec Server for the Temporal Web UI and CLI')
      .description(
        'Runs a Codec Server that decrypts payloads for the Temporal Web UI and the temporal CLI. Without server.auth in the configuration file it has no authentication and binds loopback only, for use on the machine it runs on. Options take the place of those of the configuration file.',
      ),
  )
    .option('--host <host>', 'address to bind (default: 127.0.0.1)')
    .option('--port <port>', 'port to bind, 0 for any free one (default: 8081)', parsePort)
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
      '--audit <target>',
      'keep a record of every request: a file to append to, "stdout", or "otlp" for an OpenTelemetry collector',
    )
    .addOption(
      new Option(
        '--audit-key-file <file>',
        'sign the lines of the audit log with the secret in this file, of 32 bytes or more',
      ).env('WAXSEAL_AUDIT_KEY_FILE'),
    )
    .option('--metrics', 'serve /metrics for Prometheus')
    .addOption(
      new Option(
        '--log <format>',
        'format of the log: "text", or "json" for a line of JSON each (default: text)',
      ).choices(['text', 'json']),
    )
    .option(
      '--tls-cert <file>',
      'serve HTTPS with this certificate (PEM, the chain included); needs --tls-key',
    )
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .option('--tls-client-ca <file>', 'authorities of client certificates (PEM), for server.auth')
    .option(
      '--drain-delay <duration>',
      'when told to stop, stay up this long, not ready, for load balancers to notice, such as 5s',
    )
    .option(
      '--allow-unauthenticated-network-access',
      'DANGEROUS: without server.auth, bind other addresses than loopback; everyone who can connect can decrypt',
    )
    .addOption(
      new Option(
        '--json',
        'print one line of JSON when it serves, and log in JSON; with --check, the checks',
      ).conflicts('log'),
    )
    .option(
      '--check',
      'check the options, the certificate and the keys, say what is wrong, and serve nothing',
    )
    .withManual({
      notes: `Keys are named by URI:
  local:///etc/waxseal/keyring.json#orders    a key of a file that "waxseal keygen" wrote
  awskms:///<key ARN>[?region=<region>]       AWS KMS; credentials as the AWS SDK finds them
  gcpkms://projects/<p>/locations/<l>/keyRings/<r>/cryptoKeys/<k>
                                              Google Cloud KMS; Application Default Credentials
  azurekeyvault://<vault host>/keys/<name>    Azure Key Vault; DefaultAzureCredential
  vaulttransit://<mount>/<key name>           Vault or OpenBao; VAULT_ADDR, VAULT_TOKEN and their like

Stop it with Ctrl-C: requests that are being answered are finished first.`,
      examples: [
        'waxseal serve --primary-key local:///etc/waxseal/keyring.json#orders --allow-origin http://localhost:8233',
        'waxseal serve --check',
        'temporal workflow show -w order-1 --codec-endpoint http://127.0.0.1:8081',
      ],
      exits: {
        done: 'it was told to end; with --check, no check fails',
        failed: 'it could not start; with --check, a check fails',
      },
      page: 'codec-server#run-it',
    })
    .action(async (options: ServeOptions) => {
      const { serve } = await import('../serve/serve.js');
      await serve(options, output);
    });
}
