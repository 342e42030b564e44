/** One choice of values for a label: `label="a"`, or `label=~"a|b"`. */
interface Matcher {
  readonly label: string;
  readonly value: string;
}

/** What a PromQL expression refers to. */
export interface PromqlNames {
  /** As they stand, and regular expressions for `__name__`. */
  readonly metrics: readonly (string | RegExp)[];
  readonly labels: readonly string[];
  readonly matchers: readonly Matcher[];
}

/**
 * Names in a PromQL expression of the forms that the dashboard and the alert rules use. No check of its
 * syntax.
 */
export function parsePromql(expression: string): PromqlNames {
  const matchers = [...expression.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].map(
    ([, label = '', value = '']) => ({ label, value }),
  );
  const lists = [...expression.matchAll(/\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g)];
  const grouped = lists.flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  const rest = expression.replace(/\{[^}]*\}/g, '').replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '');
  return {
    metrics: [
      ...(rest.match(/\bwaxseal[\w:]*/g) ?? []),
      ...matchers
        .filter(({ label }) => label === '__name__')
        .map(({ value }) => new RegExp(`^(?:${value})$`)),
    ],
    labels: [...grouped, ...matchers.map(({ label }) => label).filter((label) => label !== '__name__')],
    matchers: matchers.filter(({ label }) => label.startsWith('waxseal')),
  };
}
