import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { keysDrainCommand } from './keys-drain';
import { keysListCommand } from './keys-list';
import { keysResealCommand } from './keys-reseal';
import { keysRotateCommand } from './keys-rotate';
import { keysUsageCommand } from './keys-usage';
import { keysWorkerCommand } from './keys-worker';

/** `waxseal keys`: what there is to say and do about keys. */
export function keysCommand(output: Output): CliCommand {
  const command = new CliCommand('keys')
    .withPage('key-rotation')
    .summary('list keys, say which are needed, and rotate them');
  for (const make of [
    keysListCommand,
    keysUsageCommand,
    keysWorkerCommand,
    keysRotateCommand,
    keysResealCommand,
    keysDrainCommand,
  ]) {
    command.addCommand(make(output).exitOverride());
  }
  return command;
}
