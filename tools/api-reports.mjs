/**
 * Compares the public face of each entry of each package with its report in `etc/`, so that a change of it shows in a diff. With
 * `--write` it writes the reports. Needs the packages as built.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const isWriting = process.argv.includes('--write');
const quiet = { default: { logLevel: 'none' } };

/** Packages whose options have their fields in classes, which no entry exports by name. */
const WITH_FIELDS = new Set(['codec-server', 'config']);

/** Every entry that `exports` of a package has types for. */
function entriesOf(name) {
  const manifest = JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));
  return Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'object' && target.types !== undefined)
    .map(([entry, { types }]) => ({
      report: [name, ...entry.split('/').slice(1)].join('.'),
      types: resolve('packages', name, types),
    }));
}

function configOf({ report, types }, name) {
  const configObject = {
    projectFolder: resolve('packages', name),
    mainEntryPointFilePath: types,
    compiler: { tsconfigFilePath: resolve('packages', name, 'tsconfig.json') },
    apiReport: {
      enabled: true,
      includeForgottenExports: WITH_FIELDS.has(name),
      reportFileName: `${report}.api.md`,
      reportFolder: folder,
      reportTempFolder: folder,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: quiet,
      extractorMessageReporting: quiet,
      tsdocMessageReporting: quiet,
    },
  };
  const packageJsonFullPath = resolve('packages', name, 'package.json');
  return ExtractorConfig.prepare({ configObject, configObjectFullPath: undefined, packageJsonFullPath });
}

mkdirSync('etc', { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'waxseal-api-reports-'));
const configs = readdirSync('packages').flatMap((name) =>
  entriesOf(name).map((entry) => configOf(entry, name)),
);
// One program for all of them: to read the types of the SDKs takes longer than the rest.
const compilerState = CompilerState.create(configs[0], {
  additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
});
const messageCallback = (message) => {
  message.handled = true;
};
const stale = [];
for (const config of configs) {
  Extractor.invoke(config, { localBuild: true, compilerState, messageCallback });
  const file = join('etc', basename(config.reportFilePath));
  const report = ordered(readFileSync(config.reportFilePath, 'utf8'));
  if (isWriting) writeFileSync(file, report);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== report) stale.push(file);
}
rmSync(folder, { recursive: true });
if (stale.length > 0) {
  console.error(`The public face has changed: ${stale.join(', ')}. Write the reports with: npm run api`);
  process.exit(1);
}

/**
 * The report with the alternatives of each inferred type in alphabetical order: the compiler has them in the
 * order in which it met their names, which a build of a part changes.
 */
function ordered(report) {
  return report
    .replaceAll(/(ZodEnum<\{\n)((?:\s+\S+: "[^"\n]*";\n)+)/g, (_, head, lines) =>
      [head, ...lines.split(/(?<=\n)/).sort()].join(''),
    )
    .replaceAll(/"[^"\n]*"(?: \| "[^"\n]*")+/g, (union) => union.split(' | ').sort().join(' | '));
}
