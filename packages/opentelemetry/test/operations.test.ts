import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { KeyServiceError, type KeyServiceErrorReason } from '@waxseal/core';
import { StoreError, type StoreErrorReason } from '@waxseal/store';
import { parse } from 'yaml';

import { openTelemetry, openTelemetryCodecServer } from '../src';
import { ATTRIBUTE } from '../src/attributes';
import { METRIC } from '../src/metrics';
import { exercise, exerciseCodecServer, PUT, WRAP } from './support/exercise';
import { parseExposition, type Exposition } from './support/exposition';
import { parsePromql } from './support/parse-promql';
import { scrape } from './support/scrape';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string;
      readonly labels?: { readonly severity: string };
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

const read = (name: string) => readFileSync(join(__dirname, '../../../docs/operations', name), 'utf8');
const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;
const rules = (parse(read('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);
const page = read('metrics.md');
const alerts = rules.filter((rule) => rule.alert !== undefined);
const inDashboard = dashboard.panels.flatMap((panel) => panel.targets.map((target) => target.expr));
const expressions = [...inDashboard, ...rules.map((rule) => rule.expr)];

const REASONS: readonly KeyServiceErrorReason[] = [
  'denied',
  'not-found',
  'disabled',
  'rejected-ciphertext',
  'throttled',
  'unavailable',
  'timeout',
  'unknown',
];

const STORE_REASONS: readonly StoreErrorReason[] = [
  'denied',
  'schema',
  'full',
  'throttled',
  'unavailable',
  'not-durable',
  'timeout',
  'unknown',
];

let exported: Exposition;
let samples: ReadonlySet<string>;

/**
 * A sample's name as the Collector and Prometheus's OTLP endpoint write it: with its unit, where that is a
 * time.
 */
function withUnit(sample: string): string {
  const isTime = [...exported.metrics].some(
    ([name, { unit, samples: own }]) => unit === 's' && (name === sample || own.has(sample)),
  );
  return isTime ? sample.replace(/(_bucket|_sum|_count)?$/, '_seconds$1') : sample;
}

beforeAll(async () => {
  const text = await scrape(async (meterProvider) => {
    const telemetry = openTelemetry({ meterProvider });
    await exercise(telemetry);
    for (const reason of REASONS) {
      const refused = telemetry.keyRequest(WRAP, () => Promise.reject(new KeyServiceError('key-a', reason)));
      await refused.catch(() => undefined);
    }
    for (const reason of STORE_REASONS) {
      const refused = telemetry.storeRequest(PUT, () => Promise.reject(new StoreError(reason)));
      await refused.catch(() => undefined);
    }
    exerciseCodecServer(openTelemetryCodecServer({ meterProvider }));
  });
  exported = parseExposition(text);
  samples = new Set([...exported.metrics.values()].flatMap((metric) => [...metric.samples]));
});

it('the exporter gives all metrics', () => {
  expect([...exported.metrics.keys()].sort()).toEqual([
    'waxseal_codec_payloads_total',
    'waxseal_codec_server_active_requests',
    'waxseal_codec_server_payloads_total',
    'waxseal_codec_server_request_duration',
    'waxseal_codec_server_requests_total',
    'waxseal_codec_server_unreadable_payloads_total',
    'waxseal_data_key_age',
    'waxseal_data_key_bytes',
    'waxseal_data_key_lookups_total',
    'waxseal_data_key_messages',
    'waxseal_data_key_stale_uses_total',
    'waxseal_data_key_taken_total',
    'waxseal_failures_redacted_total',
    'waxseal_key_breaker_state',
    'waxseal_key_request_duration',
    'waxseal_key_requests_total',
    'waxseal_key_skipped_requests_total',
    'waxseal_keyring_keys',
    'waxseal_store_breaker_state',
    'waxseal_store_request_duration',
    'waxseal_store_requests_total',
  ]);
  expect(samples).toContain('waxseal_key_request_duration_bucket');
});

describe('expressions of the dashboard and the alert rules', () => {
  it.each(expressions)('%s: metrics, labels and values are exported', (expression) => {
    const recorded = rules.flatMap((rule) => rule.record ?? []);
    const { metrics, labels, matchers } = parsePromql(expression);
    expect(metrics).not.toEqual([]);
    for (const metric of metrics) {
      if (typeof metric === 'string') {
        expect([...samples, ...recorded]).toContain(metric);
        // A name that changes with the way of export must not stand alone.
        expect(withUnit(metric)).toBe(metric);
      } else {
        const found = [...samples].filter((sample) => metric.test(sample));
        expect(found).toHaveLength(1);
        expect(found.map(withUnit).filter((sample) => metric.test(sample))).toHaveLength(1);
      }
    }
    const known = [...exported.labels.keys(), 'job', 'instance', 'le'];
    expect(known).toEqual(expect.arrayContaining([...labels]));
    for (const { label, value } of matchers.filter((matcher) => !matcher.value.startsWith('$'))) {
      expect([...(exported.labels.get(label) ?? [])]).toEqual(expect.arrayContaining(value.split('|')));
    }
  });

  it('show each metric on the dashboard', () => {
    const shown = inDashboard.flatMap((expression) => parsePromql(expression).metrics);
    for (const [name, metric] of exported.metrics) {
      const isShown = shown.some((one) =>
        typeof one === 'string' ? metric.samples.has(one) : [...metric.samples].some((s) => one.test(s)),
      );
      expect([name, isShown]).toEqual([name, true]);
    }
  });

  it('name labels in legends and annotations that are there', () => {
    for (const { expr, legendFormat } of dashboard.panels.flatMap((panel) => panel.targets)) {
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(parsePromql(expr).labels).toContain(label);
      }
    }
    for (const { expr, annotations = {} } of alerts) {
      const own = /^waxseal:/.test(expr) ? ['job', 'waxseal_key_id'] : parsePromql(expr).labels;
      for (const [, label = ''] of Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g)) {
        expect(own).toContain(label);
      }
    }
  });
});

it('the dashboard takes its data source and its variables from what is there', () => {
  const ids = dashboard.panels.map((panel) => panel.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(dashboard.panels.map((panel) => panel.datasource.uid))).toEqual(new Set(['${datasource}']));
  expect(dashboard.templating.list.map((variable) => variable.name)).toEqual(['datasource', 'job', 'key']);
  for (const { definition } of dashboard.templating.list) {
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? [];
    if (definition === undefined) continue;
    expect([...samples]).toContain(metric);
    expect(['job', ...exported.labels.keys()]).toContain(label);
  }
});

it('each alert has a severity and says what is the matter', () => {
  for (const { labels, annotations } of alerts) {
    expect(['warning', 'critical']).toContain(labels?.severity);
    expect(Object.keys(annotations ?? {})).toEqual(expect.arrayContaining(['summary', 'description']));
  }
});

describe('the page of metrics', () => {
  const rows = [...page.matchAll(/^\| `(waxseal[\w.]+)` \| (.+?) \| (\w+) \| `(.+?)` \| /gm)];

  it('lists each exported metric with its type and unit, and no other', () => {
    const listed = rows.flatMap(([, , names = '', type, unit]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => ({ name, type, unit })),
    );
    const all = [...exported.metrics].flatMap(([name, { type, unit }]) =>
      [...new Set([name, withUnit(name)])].map((one) => ({ name: one, type, unit })),
    );
    const sorted = (list: typeof listed) => list.map((row) => JSON.stringify(row)).sort();
    expect(sorted(listed)).toEqual(sorted(all));
  });

  it('lists each metric by the name that OpenTelemetry has', () => {
    const names = Object.values(METRIC).map(({ name }): string => name);
    expect(rows.map(([, name]) => name).sort()).toEqual(names.sort());
  });

  it('lists each attribute and each outcome', () => {
    for (const attribute of Object.values(ATTRIBUTE).filter((name) => name.startsWith('waxseal'))) {
      expect(page).toContain(`| \`${attribute}\` | \`${attribute.replaceAll('.', '_')}\` |`);
    }
    for (const outcome of ['ok', 'other', ...REASONS]) expect(page).toContain(`\`${outcome}\``);
  });

  it('lists each alert with its severity, and no other', () => {
    const listed = [...page.matchAll(/^\| `(Waxseal\w+)` \| (\w+) \|/gm)].map(([, name, severity]) => [
      name,
      severity,
    ]);
    expect(listed.sort()).toEqual(alerts.map(({ alert, labels }) => [alert, labels?.severity]).sort());
  });
});
