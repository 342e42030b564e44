/** What is done about a kind of block: the tests that look at it, or why none does. */
export type Kind = { readonly checkedBy: readonly string[] } | { readonly unchecked: string };

/** Every language that a block may have, as it stands behind the backticks. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ts: { checkedBy: ['typed-blocks.test.ts'] },
  js: { checkedBy: ['typed-blocks.test.ts'] },
  json: { checkedBy: ['data-blocks.test.ts'] },
  yaml: { checkedBy: ['data-blocks.test.ts'] },
  toml: { checkedBy: ['data-blocks.test.ts'] },
  hcl: { checkedBy: ['data-blocks.test.ts'] },
  proto: { checkedBy: ['data-blocks.test.ts'] },
  sh: {
    checkedBy: ['command-lines.test.ts', 'scripts.process.test.ts', 'temporal-lines.server.test.ts'],
  },
  // What stands behind a prompt. The output beside it is not compared: it has times, IDs and keys of one run.
  console: {
    checkedBy: ['command-lines.test.ts', 'scripts.process.test.ts', 'temporal-lines.server.test.ts'],
  },
  sql: { checkedBy: ['scripts.process.test.ts'] },
  python: { checkedBy: ['scripts.process.test.ts'] },
  nginx: { unchecked: 'nginx alone reads its configuration, and is neither in npm nor in PyPI' },
  text: {
    unchecked: 'drawings, formulae of the specification, and output: nobody runs or reads it but people',
  },
};

/**
 * Programs in `sh` and `console` whose arguments nothing here knows. That they are read by a shell is tested.
 */
export const OTHER_PROGRAMS: Readonly<Record<string, string>> = {
  'aws az eksctl gcloud sam': 'command lines of clouds: hundreds of megabytes, and most ask for an account',
  'docker helm kubectl cosign': 'what they run of this repository, tools/deployment tests by itself',
  bao: 'docs/start/vault.md is run with a real one; the rest is of the reader’s server',
  'cat cd echo export mkdir printf rm sed sh source tail umask': 'of every shell',
  'esbuild git jq openssl python3 sha256sum .venv/bin/pip .venv/bin/python':
    'well-known tools, whose options are stable',
};
