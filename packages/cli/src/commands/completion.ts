import { Argument, type Command } from 'commander';
import type { Shell } from '../completion/shells';
import type { Output } from '../output';
import { CliCommand } from './cli-command';

/** `waxseal completion`: what a shell needs to complete the command. */
export function completionCommand({ line }: Output): CliCommand {
  return new CliCommand('completion')
    .summary('print the script that completes this command in a shell')
    .description(
      'Prints the script by which a shell completes commands, options, values and files. The script asks this command each time, so it stays right when the command is updated.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .argument('[words...]', 'words of a command line, after --: print what can stand in place of the last')
    .option('--json', 'print JSON')
    .withManual({
      notes:
        'Write the first of these that is of your shell into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish.',
      examples: [
        'source <(waxseal completion bash)',
        'source <(waxseal completion zsh)',
        'waxseal completion fish | source',
        'waxseal completion bash -- keys rotate --',
      ],
      exits: { done: 'the script is printed', failed: 'it cannot be written' },
      page: 'command#completion',
    })
    .action(async (shell: Shell, words: string[], { json }: { readonly json?: true }, self: Command) => {
      const { completionLines, scriptOf, wordsFrom } = await import('../completion/shells.js');
      if (words.length === 0) {
        line(json === true ? JSON.stringify({ shell, script: scriptOf(shell) }) : scriptOf(shell));
        return;
      }
      const { complete } = await import('../completion/complete.js');
      const found = complete(self.parent ?? self, wordsFrom(shell, words));
      if (json === true) line(JSON.stringify(found));
      else for (const each of completionLines(shell, found)) line(each);
    });
}
