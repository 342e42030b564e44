import { readProject, runCommand, type Project } from '../init/project';

/** What `waxseal dev` runs, as `--json` prints it. */
export interface Running {
  /** `host:port` of Temporal. */
  readonly address: string;
  /** Of Temporal's development server. */
  readonly processId: number;
  /** `undefined` for none. */
  readonly ui: string | undefined;
  readonly codecServer: string;
  readonly allowEncode: boolean;
  /** `undefined` where the configuration chooses them. */
  readonly keys: readonly string[] | undefined;
  /** What workers, clients and the `temporal` command need. */
  readonly environment: Readonly<Record<string, string>>;
  /** The version of the `temporal` command. */
  readonly temporal: string;
  /** `undefined` where all is in memory. */
  readonly dbFilename: string | undefined;
}

/**
 * What a person reads who has just started it.
 *
 * @param program the `temporal` command, as it is to be written
 * @param directory of the project
 */
export function textOf(running: Running, program: string, directory: string): string {
  const { address, ui, codecServer, allowEncode, keys, environment, temporal, dbFilename } = running;
  const project = projectIn(directory);
  const show = `${quoted(program)} workflow show --address ${address} -w <workflow ID>`;
  return [
    'For development only: everyone on this machine can use these servers, and decrypt.',
    '',
    `Temporal       ${address} (namespace default; ${dbFilename ?? 'all in memory'}; ${temporal})`,
    `Web UI         ${ui === undefined ? 'none (--headless)' : `${ui} (decodes by the Codec Server)`}`,
    `Codec Server   ${codecServer} (${allowEncode ? 'decodes and encodes' : 'decodes'})`,
    `Keys           ${keys?.join(', ') ?? 'chosen by the configuration'}`,
    '',
    ...firstLines(project, environment['WAXSEAL_PRIMARY_KEY']),
    'In the shells of your worker and your client:',
    '',
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${quoted(value)}`),
    ...startLines(project).map((line) => `  ${line}`),
    '',
    'A workflow as Temporal has it, and decoded:',
    '',
    `  ${show}`,
    `  ${show} --codec-endpoint ${codecServer}`,
    '',
    'Ctrl-C ends everything.',
  ].join('\n');
}

/** The scripts of a project that start a worker and a client, as Temporal's samples and others name them. */
const STARTS = [
  ['worker', /^(?:start[.:-])?workers?$|^start$/],
  ['client', /^(?:start[.:-])?(?:client|workflow)s?$/],
] as const;

/** How worker and client are started. */
function startLines(project: Project | undefined): readonly string[] {
  return STARTS.flatMap(([which, pattern]) => {
    const script = project?.scripts.find((name) => pattern.test(name));
    return script === undefined
      ? []
      : [`${project?.manager ?? 'npm'} run ${quoted(script)}   # the ${which}`];
  });
}

/** What a project needs first that does not encrypt yet. */
function firstLines(project: Project | undefined, primaryKey: string | undefined): readonly string[] {
  if (project === undefined || project.dependencies.has('@waxseal/temporal')) return [];
  const isLocal = primaryKey?.startsWith('local:') === true;
  const key = isLocal ? ` --provider local --key ${quoted(primaryKey)} --yes` : '';
  return [
    'This project does not encrypt yet. What prepares it, and shows the lines of the plugin:',
    '',
    `  ${runCommand(project, `waxseal init${key}`)}`,
    '',
  ];
}

/** The project of a folder; `undefined` where there is none that `waxseal init` would go on with. */
export function projectIn(directory: string): Project | undefined {
  try {
    return readProject(directory, undefined);
  } catch {
    return undefined;
  }
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
