// Checks the same TypeScript under several settings of `module`, in the working directory: the first
// argument names them, by commas, the others are those of tsc. Prints a JSON object from each to what tsc says.
// A file that two settings read alike is parsed once.
import ts from 'typescript';

const [modules, ...args] = process.argv.slice(2);
const sources = new Map();

console.log(
  JSON.stringify(Object.fromEntries(modules.split(',').map((module) => [module, complaints(module)]))),
);

function complaints(module) {
  const { options, fileNames, errors } = ts.parseCommandLine([...args, '--module', module]);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (path, as, ...others) => {
    const key = JSON.stringify([path, as.languageVersion, as.impliedNodeFormat]);
    if (!sources.has(key)) sources.set(key, read(path, as, ...others));
    return sources.get(key);
  };
  const program = ts.createProgram(fileNames, options, host);
  return ts.formatDiagnostics([...errors, ...ts.getPreEmitDiagnostics(program)], host);
}
