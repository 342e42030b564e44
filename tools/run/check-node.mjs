import { readFileSync } from 'node:fs';

/** Ends the process with a message when this Node is older than package.json's `engines.node` asks for. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  const least = engines.node.replace('>=', '').split('.').map(Number);
  const current = process.versions.node.split('.').map(Number);
  const difference = least.map((part, index) => current[index] - part).find((part) => part !== 0) ?? 0;
  if (difference < 0) {
    console.error(
      `Node ${engines.node} is needed; this is ${process.versions.node}. See https://nodejs.org/.`,
    );
    process.exit(1);
  }
}
