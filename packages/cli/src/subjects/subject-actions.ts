import { loadStore } from '@waxseal/config';
import type { Subject } from '@waxseal/subjects';
import { EXIT } from '../failure/exit-codes';
import type { KeyOptions } from '../configuration';
import { JsonArray } from '../json-array';
import type { Output } from '../output';
import { columns, howMany, printable, table } from '../printable';
import { keyIdOf, subjectsPackage, withSubjects } from './open-subjects';
import { withProgress } from '../terminal/progress';

/** What `waxseal subjects list` takes. */
export interface ListSubjectsOptions {
  readonly config?: string;
  readonly shredded?: true;
  readonly json?: true;
  readonly ndjson?: true;
}

/** What `waxseal subjects show` and `reseal` take. */
export interface SubjectOptions extends KeyOptions {
  readonly json?: true;
}

/** Lines for a person of one page. */
const PAGE = 1_000;
const HEADINGS = ['KEY ID', 'CREATED', 'SHREDDED'];

/** Lists the subjects of the configured store, as they are read. */
export async function listAll(
  { config, shredded, json, ndjson }: ListSubjectsOptions,
  { line }: Output,
): Promise<void> {
  const { listSubjects } = await subjectsPackage();
  const store = await loadStore({ file: config });
  let page: string[][] = [];
  let isFirst = true;
  let count = 0;
  const array = json === true ? new JsonArray(line) : undefined;
  const flush = (): void => {
    const lines = isFirst ? table(HEADINGS, page) : columns(page);
    for (const each of page.length > 0 || isFirst ? lines : []) line(each);
    page = [];
    isFirst = false;
  };
  try {
    const read = async (): Promise<void> => {
      for await (const subject of listSubjects(store)) {
        if (shredded === true && subject.shreddedAt === undefined) continue;
        count += 1;
        if (array !== undefined || ndjson === true) {
          if (array === undefined) line(JSON.stringify(subject));
          else array.add(subject);
          continue;
        }
        page.push([subject.keyId, subject.createdAt.toISOString(), subject.shreddedAt?.toISOString() ?? '-']);
        if (page.length === PAGE) flush();
      }
    };
    await withProgress('subjects', read, () => ({ done: count }));
    array?.end();
    if (array !== undefined || ndjson === true) return;
    flush();
    line(`${howMany(count, 'subject')}.`);
  } finally {
    await store.close();
  }
}

/** Says what is known of a subject. Sets the exit code of the process: 1 where it never had a key. */
export async function showSubject(id: string, options: SubjectOptions, output: Output): Promise<void> {
  await withSubjects(options, output, async (subjects) => {
    const keyId = await keyIdOf(subjects, id);
    const subject = await withProgress('asking the store', () => subjects.find(keyId));
    if (subject === undefined) process.exitCode = EXIT.failed;
    if (options.json === true) {
      output.line(JSON.stringify(subject ?? { keyId }, undefined, 2));
      return;
    }
    output.line(stateOf(keyId, subject));
  });
}

function stateOf(keyId: string, subject: Subject | undefined): string {
  if (subject === undefined) return `${printable(keyId)} has no key, and never had one in this store.`;
  const { createdAt, shreddedAt } = subject;
  const made = `${printable(keyId)}: its key was made at ${createdAt.toISOString()}`;
  return shreddedAt === undefined ? `${made}.` : `${made}, and removed at ${shreddedAt.toISOString()}.`;
}

/** Seals the keys of all subjects anew. */
export async function resealSubjects(options: SubjectOptions, output: Output): Promise<void> {
  await withSubjects(options, output, async (subjects) => {
    const { resealed, changed } = await withProgress('sealing keys anew', () => subjects.reseal());
    if (options.json === true) {
      output.line(JSON.stringify({ resealed, changed }));
      return;
    }
    output.line(
      `${howMany(resealed, 'key')} sealed anew, that by which subjects are named among them; ${String(changed)} changed meanwhile by somebody else.`,
    );
  });
}
