/** A metric as Prometheus sees it. */
export interface Exposed {
  readonly type: string;
  readonly unit: string;
  /** Names of its samples: for a histogram with `_bucket`, `_sum` and `_count`. */
  readonly samples: Set<string>;
}

/** What a scrape holds of Waxseal. */
export interface Exposition {
  readonly metrics: ReadonlyMap<string, Exposed>;
  /** Values of each label. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads the text format of Prometheus. */
export function parseExposition(text: string): Exposition {
  const metrics = new Map<string, Exposed>();
  const labels = new Map<string, Set<string>>();
  const units = new Map([...text.matchAll(/^# UNIT (\S+) (.+)$/gm)].map(([, name, unit]) => [name, unit]));
  let current: Exposed | undefined;
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name.startsWith('waxseal')) {
      current = { type, unit: units.get(name) ?? '', samples: new Set() };
      metrics.set(name, current);
    }
    const [, sample, set = ''] = /^(waxseal\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (sample === undefined) continue;
    current?.samples.add(sample);
    for (const [, label = '', value = ''] of set.matchAll(/(\w+)="([^"]*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  return { metrics, labels };
}
