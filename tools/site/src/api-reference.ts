import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ProjectReflection, ReflectionKind } from 'typedoc';
import { mendAnchors } from './anchors';
import { apiEntries, type ApiEntry } from './api-entries';
import { outsideCode } from './links';
import { ROOT } from './settings';

/** The Markdown of one page of the API reference, with links as in the repository. */
export interface ApiPage extends ApiEntry {
  readonly markdown: string;
}

/** Writes the reference of all entries, by TypeDoc: one page an entry, from the doc comments. */
export async function apiReference(): Promise<ApiPage[]> {
  const { Application, Converter, ReflectionKind: kinds } = await import('typedoc');
  const entries = apiEntries();
  const output = mkdtempSync(join(tmpdir(), 'waxseal-api-'));
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(({ source }) => join(ROOT, source)),
    tsconfig: join(ROOT, 'tsconfig.base.json'),
    basePath: ROOT,
    // The compiler checks types; here it would do so once more.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    readme: 'none',
    logLevel: 'Error',
    // Types of others are named in comments, and have their pages elsewhere.
    validation: { invalidLink: false, notExported: false, notDocumented: false },
    ...LAYOUT,
    out: output,
  });
  try {
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: { project: ProjectReflection }) => {
      rename(project, entries, kinds);
    });
    const project = await app.convert();
    if (project === undefined) throw new Error('TypeDoc could not read the packages.');
    await app.generateOutputs(project);
    if (app.logger.hasErrors()) throw new Error('TypeDoc reported errors.');
    const raw = entries.map(({ route }) => {
      const file = basename(route);
      return [file, readFileSync(join(output, file), 'utf8')] as const;
    });
    const mended = mendAnchors(new Map(raw));
    return entries.map((entry) => ({
      ...entry,
      markdown: finished(mended.get(basename(entry.route)) ?? '', entry),
    }));
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/**
 * How typedoc-plugin-markdown writes: tables where there are many of a kind, no columns that say
 * nothing.
 */
const LAYOUT = {
  router: 'module',
  hidePageHeader: true,
  hidePageTitle: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  enumMembersFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
  },
};

/**
 * Names modules by their page, and parameters that are taken apart in place; leaves out what only a
 * console calls.
 */
function rename(
  project: ProjectReflection,
  entries: readonly ApiEntry[],
  kinds: typeof ReflectionKind,
): void {
  for (const module of project.getReflectionsByKind(kinds.Module)) {
    const entry = entries.find(({ source }) =>
      source.replace(/(\/index)?\.ts$/, '').endsWith(module.name.replace(/^packages\//, '')),
    );
    if (entry !== undefined) module.name = basename(entry.route, '.md');
  }
  for (const reflection of project.getReflectionsByKind(kinds.Parameter)) {
    if (reflection.name === '__namedParameters') reflection.name = 'options';
  }
  for (const method of project.getReflectionsByKind(kinds.Method)) {
    if (method.name === '[custom]') project.removeReflection(method);
  }
}

/** With a title, the line that imports it, and links where a comment names a page of `docs/`. */
function finished(markdown: string, { entry, source }: ApiEntry): string {
  const names = `import { … } from '${entry}';`;
  const linked = outsideCode(markdown, (text) =>
    text.replaceAll(/(?<![\w/])(docs\/[\w/-]+\.md|SECURITY\.md)\b(?!\))/g, '[$1](/$1)'),
  );
  return `# ${entry}\n\n\`\`\`ts\n${names}\n\`\`\`\n\nThe package: [README](/${source.replace(/\/src\/.*/, '')}/README.md).\n\n${linked}`;
}
