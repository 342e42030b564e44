import { type Command, Option } from 'commander';
import type { InitOptions, Questions } from '../init/init';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { goOn } from './go-on';

interface Given extends InitOptions {
  readonly yes?: true;
}

/** `waxseal init`: prepares an existing project. */
export function initCommand(output: Output): CliCommand {
  return new CliCommand('init')
    .summary('prepare a project: configuration, rights, plugin, smoke test')
    .description(
      'Writes waxseal.config.json, the least rights at the key service as files (or a local key that Git never keeps), and a smoke test. Prints as a diff the lines that give the plugin to each Worker and Client, and what is to be installed. It overwrites nothing, and changes code with --apply only. No key service is asked.',
    )
    .addOption(
      new Option('--provider <name>', 'the key service; local is for development').choices([
        'aws',
        'gcp',
        'azure',
        'vault',
        'local',
      ]),
    )
    .option('--key <id or uri>', 'the key, as its service names it or as a URI; of local its name')
    .option(
      '--id <name>',
      'short name of the key that payloads record, and that never changes (default: the name of the project)',
    )
    .option('--no-id', 'let payloads record what the service calls the key')
    .addOption(
      new Option('--package-manager <name>', 'default: that of packageManager, or of the lock file').choices([
        'npm',
        'pnpm',
        'yarn',
      ]),
    )
    .option('--apply', 'change the code as the diff says')
    .option('--only-plugin', 'write no files: only look for places of the plugin')
    .option('--yes', 'ask nothing, and take what is proposed')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'npx @waxseal/cli init',
        'waxseal init --provider local --yes --apply',
        'waxseal init --provider aws --key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab --yes',
        'waxseal init --provider gcp --key projects/p/locations/europe-west1/keyRings/r/cryptoKeys/orders --id orders --yes',
        'waxseal init --provider azure --key https://orders.vault.azure.net/keys/payloads --yes --json',
        'waxseal init --provider vault --key transit/orders --yes',
        'waxseal init --only-plugin --apply',
      ],
      exits: { done: 'all is written', failed: 'something is in the way, and nothing was written' },
      page: 'packages/cli#a-first-project',
    })
    .action(async (given: Given, command: Command) => {
      const isAsked = given.yes !== true && given.onlyPlugin !== true;
      if (isAsked && (given.json === true || !process.stdin.isTTY)) {
        command.error(
          'error: it asks before it writes: where nobody can answer, add --yes, --provider and --key.',
        );
      }
      if (given.onlyPlugin !== true && !isAsked && given.provider === undefined) {
        command.error('error: --yes asks nothing: add --provider aws, gcp, azure, vault or local.');
      }
      if (given.onlyPlugin === true && (given.provider ?? given.key) !== undefined) {
        command.error(
          'error: --only-plugin takes the keys that are configured: leave --provider and --key out.',
        );
      }
      const { init } = await import('../init/init.js');
      // commander makes the default of a --no- option true.
      const { id, ...others } = given as Given & { readonly id?: string | boolean };
      const options = typeof id === 'string' || id === false ? { ...others, id } : others;
      await init(process.cwd(), options, isAsked ? questionsOn(output) : undefined, output);
    });
}

/** Questions on a terminal: the result stays apart from them. */
function questionsOn({ notice }: Output): Questions {
  return {
    ask: async (question, proposal) => {
      const { createInterface } = await import('node:readline/promises');
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const said = await terminal.question(
          proposal === undefined ? `${question}: ` : `${question} [${proposal}]: `,
        );
        return said.trim() || (proposal ?? '');
      } finally {
        terminal.close();
      }
    },
    confirm: (question) => goOn(notice, question),
  };
}
