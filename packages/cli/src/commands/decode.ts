import { Option } from 'commander';
import type { DecodeOptions } from '../decode/decode';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { withKeyOptions } from './options';

/** `waxseal decode`: decrypts a history, a payload or a file, for a person who may use the keys. */
export function decodeCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('decode')
      .summary('decrypt a history or payloads, with keys that you may use')
      .description(
        'Decodes all payloads of a document, or of the history of an execution, as a Codec Server with this configuration does, and prints the same JSON with the decoded payloads. The run is recorded where the configuration or --audit names an audit log, before anything is shown. A payload that cannot be decoded has a text that says why in its place.',
      ),
  )
    .argument(
      '[file]',
      'JSON that holds payloads, such as a history, or NDJSON; - is standard input (default: -)',
    )
    .option(
      '--workflow-id <id>',
      'read the history of an execution from Temporal, by TEMPORAL_* variables and temporal.toml',
    )
    .option('--run-id <id>', 'with --workflow-id: the run (default: the latest)')
    .option(
      '--namespace <name>',
      'namespace that the payloads are to be of (default: with --workflow-id that of TEMPORAL_NAMESPACE, else server.defaultNamespace; without any it is not checked)',
    )
    .option(
      '--policy <name>',
      'show what this one of server.policies allows, or full; needed where the configuration has policies',
    )
    .option('--readable', 'print payloads of JSON as that JSON, in the place of base64')
    .option('--out <file>', 'write to this new file, which only you can read')
    .option(
      '--audit <target>',
      'record the run: a file to append to, "stdout" beside --out, or "otlp" (default: server.audit)',
    )
    .addOption(
      new Option(
        '--audit-key-file <file>',
        'sign the line of the audit log with the secret in this file, of 32 bytes or more',
      ).env('WAXSEAL_AUDIT_KEY_FILE'),
    )
    .option('--json', 'tell all beside the result in JSON; with --out, print how many were decoded')
    .withManual({
      examples: [
        'waxseal decode --workflow-id order-1 --readable',
        'waxseal decode history.json --namespace orders --out decoded.json',
        'temporal workflow show -w order-1 -o json | waxseal decode --policy support',
        'waxseal decode payload.json --primary-key local:///etc/waxseal/keyring.json#orders --audit decoded.jsonl',
      ],
      exits: {
        done: 'all payloads were decoded',
        failed: 'a payload could not be decoded, or the run not be recorded',
      },
      page: 'codec-server#decode-once-without-a-codec-server',
    })
    .action(async (file: string | undefined, options: DecodeOptions) => {
      const { decode } = await import('../decode/decode.js');
      await decode(file, options, output);
    });
}
