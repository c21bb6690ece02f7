import { describe, expect, it } from '@jest/globals';
import { formatOf } from '../../src/metrics/accept.ts';

describe('the Accept header', () => {
  it.each([
    ['nothing', undefined, 'text'],
    ['anything', '*/*', 'text'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
    ['Prometheus 2.42', 'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    ['Prometheus 3', 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', 'openmetrics'],
    ['text preferred', 'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5', 'text'],
    ['a version to come', 'application/openmetrics-text;version=2.0.0, text/plain;q=0.1', 'text'],
    ['protobuf first', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,text/plain;version=0.0.4;q=0.3', 'text'],
    ['a refusal', 'application/openmetrics-text;q=0', 'text'],
    ['nonsense', ';;,;q=x', 'text'],
  ])('of %s', (_who, accept, format) => {
    expect(formatOf(accept)).toBe(format);
  });
});
