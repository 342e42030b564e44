import { expect, it } from '@jest/globals';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';

import { openTelemetryAudit } from '../src';

const RECORD = {
  time: '2026-03-01T09:30:00.000Z',
  requestId: 'r-1',
  principal: 'alice',
  issuer: null,
  method: 'jwt',
  namespace: 'orders',
  operation: 'decode',
  policies: [],
  keyIds: ['orders-2026'],
  named: { workflowId: 'order-1', runId: null, by: 'headers' },
  payloadCount: 2,
  outcome: 'allowed',
  status: 200,
};

function provider() {
  const exporter = new InMemoryLogRecordExporter();
  const processors = [new SimpleLogRecordProcessor({ exporter })];
  const loggerProvider = new LoggerProvider({ processors });
  return { exporter, loggerProvider };
}

it('emits a record as an event, with its fields as attributes and whole in its body', async () => {
  const { exporter, loggerProvider } = provider();
  const audit = openTelemetryAudit({
    logger: loggerProvider.getLogger('audit'),
    flush: () => loggerProvider.forceFlush(),
  });
  await audit(RECORD);
  await audit({ ...RECORD, outcome: 'refused' });
  const [allowed, refused] = exporter.getFinishedLogRecords();
  expect(allowed).toMatchObject({
    eventName: 'waxseal.codec_server.request',
    severityText: 'INFO',
    severityNumber: 9,
    body: JSON.stringify(RECORD),
    attributes: {
      'event.name': 'waxseal.codec_server.request',
      'waxseal.audit.request_id': 'r-1',
      'waxseal.audit.principal': 'alice',
      'waxseal.audit.key_ids': ['orders-2026'],
      'waxseal.audit.named.workflow_id': 'order-1',
      'waxseal.audit.payload_count': 2,
    },
  });
  expect(Object.keys(allowed?.attributes ?? {})).not.toContain('waxseal.audit.issuer');
  expect(allowed?.hrTime[0]).toBe(Date.parse(RECORD.time) / 1000);
  expect(refused).toMatchObject({ severityText: 'WARN', severityNumber: 13 });
});

it('rejects when what was taken cannot be sent, so that nothing is answered', async () => {
  const { loggerProvider } = provider();
  const logger = loggerProvider.getLogger('audit');
  const audit = openTelemetryAudit({ logger, flush: () => Promise.reject(new Error('no collector')) });
  await expect(audit(RECORD)).rejects.toThrow('no collector');
});

it.each<[string, object]>([
  ['logger', {}],
  ['logger', { logger: {} }],
  ['flush', { logger: { emit: () => undefined }, flush: true }],
])('refuses a bad %s', (field, options) => {
  expect(() => openTelemetryAudit(options as never)).toThrow(`openTelemetryAudit: ${field} must be`);
});
