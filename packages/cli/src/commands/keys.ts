import { Command } from 'commander';
import type { Output } from '../output';
import { keysListCommand } from './keys-list';
import { keysRotateCommand } from './keys-rotate';

/** `waxseal keys`: what is done with the configured keys beyond checking them. */
export function keysCommand(output: Output): Command {
  const command = new Command('keys').summary('list the configured keys, and rotate them');
  for (const make of [keysListCommand, keysRotateCommand]) command.addCommand(make(output));
  return command;
}
