import { Command } from 'commander';
import type { Output } from '../output';
import { keysUsageCommand } from './keys-usage';

/** `waxseal keys`: what there is to say and do about keys. */
export function keysCommand(output: Output): Command {
  const command = new Command('keys').summary('say which keys are needed, and change them');
  for (const sub of [keysUsageCommand]) {
    command.addCommand(sub(output).exitOverride());
  }
  return command;
}
