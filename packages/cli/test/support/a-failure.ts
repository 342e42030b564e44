/** What a person is told of a failure: one line, and below it code, cause, next step and page. */
export function aFailure(code: string, message = '[^\\n]+'): RegExp {
  const page = `https://waxseal\\.github\\.io/waxseal/errors#${code.toLowerCase()}`;
  return new RegExp(
    `^waxseal: ${message}\\n {2}code: {2}${code}(?: \\([a-z-]+\\))?\\n {2}cause: .+\\n {2}next: {2}.+\\n {2}help: {2}${page}\\n$`,
  );
}
