import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, freePort } from '@waxseal/bring-up';
import MarkdownIt from 'markdown-it';
import { ROOT } from './code-blocks';
import { Terminals } from './page-shell';
import { STAND_INS, writePrograms } from './stand-ins';

/** The ports of a page, by what it writes for them, and those that a run has in their place. */
export interface Ports {
  readonly temporal: number;
  readonly ui: number;
  readonly codec: number;
  /** Of the Codec Server that the page starts by itself. */
  readonly serve: number;
  readonly vault: number;
}

/** A page that was run to its end, with what stays. */
export interface RunPage {
  readonly ports: Ports;
  /** The folder of the project. */
  readonly folder: string;
  /** What all commands of the first terminal printed. */
  readonly printed: string;
  readonly terminals: Terminals;
  /** What a page shows of output that was not printed. */
  readonly notPrinted: readonly string[];
  /** Commands that something stood in for, and those that the page did not run. */
  readonly standIns: { readonly used: readonly string[]; readonly unused: readonly string[] };
  close(): Promise<void>;
}

const STAYS = /^<!-- run: stays, until it prints "(.+)" -->\s*$/;
const FILE = /^\/\/ (\S+\.ts)\n/;

/**
 * Runs a page of `docs/start` as it stands, in an empty folder: writes its files, runs its commands in one
 * terminal, starts what stays in others, and compares the output that it shows. In a line of output `…` is
 * anything, and a line of nothing else is any lines.
 */
export async function runPage(name: string, directory: string): Promise<RunPage> {
  const start = STAND_INS[name];
  const temporal = process.env['WAXSEAL_TEST_TEMPORAL_CLI'] ?? '';
  const npm = findOnPath('npm', process.env);
  if (start === undefined || temporal === '' || npm === undefined) {
    throw new Error(`${name} cannot be run: a stand-in, the temporal command or npm is missing.`);
  }
  const standIns = await start(directory);
  const [bin, log] = [join(directory, 'bin'), join(directory, 'commands.log')];
  writeFileSync(log, '');
  writePrograms(bin, standIns, { npm, temporal }, log);
  const ports: Ports = {
    temporal: await freePort(),
    ui: await freePort(),
    codec: await freePort(),
    serve: await freePort(),
    vault: await freePort(),
  };
  const work = join(directory, 'work');
  mkdirSync(work);
  const terminals = new Terminals(work, environment(bin, directory, standIns.environment, ports));
  const close = async (): Promise<void> => {
    await terminals.close();
    await standIns.close();
  };
  const notPrinted: string[] = [];
  let printed = '';
  try {
    let output = '';
    const text = readFileSync(join(ROOT, 'docs/start', `${name}.md`), 'utf8');
    const tokens = new MarkdownIt({ html: true }).parse(text, {});
    for (const [index, { type, info, content }] of tokens.entries()) {
      if (type !== 'fence') continue;
      const comment = tokens[index - 1]?.type === 'html_block' ? (tokens[index - 1]?.content ?? '') : '';
      const until = STAYS.exec(comment)?.[1];
      if (info === 'ts') writeNamed(terminals.folder, content);
      else if (info === 'text') notPrinted.push(...missingLines(content, output));
      else if (until !== undefined) output = await terminals.stay(withPorts(content, ports), until);
      else {
        output = await terminals.run(withPorts(content, ports));
        printed += output;
        if (content.includes('waxseal init') && standIns.primaryKey !== undefined)
          writePrimaryKey(terminals.folder, standIns.primaryKey);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  const used = new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean));
  const listed = Object.values(standIns.programs).flatMap((answers) => Object.keys(answers));
  return {
    ports,
    folder: terminals.folder,
    printed,
    terminals,
    notPrinted,
    standIns: { used: [...used], unused: listed.filter((command) => !used.has(command)) },
    close,
  };
}

/** Nothing that the machine has configured of Temporal, Waxseal or a cloud. */
function environment(
  bin: string,
  home: string,
  of: Readonly<Record<string, string>>,
  { temporal }: Ports,
): NodeJS.ProcessEnv {
  return {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    npm_config_update_notifier: 'false',
    TEMPORAL_ADDRESS: `127.0.0.1:${String(temporal)}`,
    ...of,
  };
}

/** The ports that a page writes are those of nobody else's server: a run has free ones. */
function withPorts(script: string, ports: Ports): string {
  const dev = `--port ${String(ports.temporal)} --ui-port ${String(ports.ui)} --codec-port ${String(ports.codec)}`;
  return script
    .replace('waxseal dev', `waxseal dev ${dev}`)
    .replace('waxseal serve', `waxseal serve --port ${String(ports.serve)}`)
    .replace('server -dev', `server -dev -dev-listen-address=127.0.0.1:${String(ports.vault)}`)
    .replaceAll('127.0.0.1:8200', `127.0.0.1:${String(ports.vault)}`)
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${String(ports.codec)}`)
    .replaceAll('localhost:8233', `localhost:${String(ports.ui)}`);
}

function writeNamed(folder: string, content: string): void {
  const file = FILE.exec(content)?.[1];
  if (file === undefined) throw new Error(`A block of the page names no file: ${content.slice(0, 80)}`);
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function writePrimaryKey(folder: string, primaryKey: string): void {
  const file = join(folder, 'waxseal.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, primaryKey }, undefined, 2));
}

/** Lines of a block that do not stand in an output, in their order. */
function missingLines(shown: string, output: string): string[] {
  const printed = output.split('\n').map((line) => line.trimEnd());
  const missing: string[] = [];
  let at = 0;
  let mayLeaveOut = false;
  for (const line of shown.trimEnd().split('\n')) {
    if (line.trim() === '…') {
      mayLeaveOut = true;
      continue;
    }
    if (line === '') continue;
    const pattern = new RegExp(`^${line.split('…').map(escaped).join('.*')}$`);
    const found = printed.findIndex((each, index) => index >= at && pattern.test(each));
    const between = printed.slice(at, found).filter((each) => each !== '');
    if (found < 0 || (!mayLeaveOut && between.length > 0))
      missing.push(`${line} (printed: ${printed.slice(at).join(' | ').slice(0, 2_000)})`);
    else at = found + 1;
    mayLeaveOut = false;
  }
  return missing;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
