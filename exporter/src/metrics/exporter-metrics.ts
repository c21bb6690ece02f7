import type { Snapshot, SourceStatus } from '../session/snapshot.ts';
import { known, unixSeconds } from './metric.ts';
import type { ExporterHistogramMetric, ExporterMetric, FleetMetric, HistogramReading, OwnMetric, Reading } from './metric.ts';

type Fields = Pick<ExporterMetric, 'help' | 'cardinality'> & Partial<Pick<ExporterMetric, 'unit' | 'labels'>>;
type OfSource = (status: SourceStatus) => number | undefined;

const metric = (name: string, type: ExporterMetric['type'], row: Fields & Pick<ExporterMetric, 'read'>): ExporterMetric => ({ scope: 'exporter', unit: '', labels: [], name, type, ...row });

/** One series per source. */
const ofSource = (name: string, type: ExporterMetric['type'], { value, ...row }: Omit<Fields, 'cardinality' | 'labels'> & { value: OfSource }): ExporterMetric =>
  metric(name, type, { ...row, labels: ['source'], cardinality: '1 per source', read: ({ sources }) => sources.flatMap((status) => known(value(status), status.source)) });

/** What the exporter says about itself, from the Snapshot, in the order of METRICS.md. */
export const exporterMetrics: readonly (ExporterMetric | ExporterHistogramMetric | FleetMetric)[] = [
  ofSource('watchroom_source_up', 'gauge', { help: '1 when the last scan of the source worked, else 0.', value: ({ up }) => Number(up) }),
  {
    scope: 'exporter', type: 'histogram', name: 'watchroom_scan_duration_seconds', unit: 's', labels: ['source'], help: 'Duration of a scan.', cardinality: '15 per source',
    read: ({ sources }) => sources.flatMap(({ source, scanDurations }): HistogramReading[] => (scanDurations ? [[scanDurations, source]] : [])),
  },
  ofSource('watchroom_last_scan_timestamp_seconds', 'gauge', { unit: 's', help: 'Unix time of the last finished scan.', value: ({ lastScanAt }) => (lastScanAt === undefined ? undefined : unixSeconds(lastScanAt)) }),
  ofSource('watchroom_files_tracked', 'gauge', { help: 'Session files being followed.', value: ({ filesTracked }) => filesTracked }),
  ofSource('watchroom_read_bytes_total', 'counter', { unit: 'By', help: 'Bytes read from session files.', value: ({ readBytes }) => readBytes }),
  ofSource('watchroom_backlog_bytes', 'gauge', { unit: 'By', help: 'Transcript bytes found and not yet read.', value: ({ backlogBytes }) => backlogBytes }),
  ofSource('watchroom_records_total', 'counter', { help: 'Records parsed.', value: ({ records }) => records }),
  metric('watchroom_parse_errors_total', 'counter', {
    labels: ['source', 'reason'], help: 'Records that could not be parsed.', cardinality: 'fixed reasons per source',
    read: ({ sources }) => sources.flatMap(({ source, parseErrors }) => Object.entries(parseErrors).map(([reason, count]): Reading => [count, source, reason])),
  }),
  ofSource('watchroom_unknown_records_total', 'counter', { help: 'Records of a kind the parser does not know (format drift).', value: ({ unknownRecords }) => unknownRecords }),
  ofSource('watchroom_late_tokens_total', 'counter', { unit: '{token}', help: 'Tokens of records found more than an hour after their time: in the roll-ups, not in the fleet counters.', value: ({ lateTokens }) => lateTokens }),
  ofSource('watchroom_watched_directories', 'gauge', { help: 'Directories whose changes the system reports.', value: ({ watchedDirectories }) => watchedDirectories }),
  ofSource('watchroom_polled_directories', 'gauge', { help: 'Directories that are looked at from time to time.', value: ({ polledDirectories }) => polledDirectories }),
  { scope: 'fleet', type: 'counter', name: 'watchroom_unpriced_requests_total', unit: '', labels: ['tool'], read: 'ledger', help: 'Requests whose model has no price.', cardinality: '1 per tool' },
  metric('watchroom_corrections_total', 'counter', {
    labels: ['reason'], help: 'Downward corrections that were clamped.', cardinality: 'fixed reasons',
    read: ({ corrections }) => Object.entries(corrections).map(([reason, count]): Reading => [count, reason]),
  }),
  metric('watchroom_ledger_bytes', 'gauge', { unit: 'By', help: 'Size of the ledger on disk.', cardinality: '0–1', read: ({ ledger }) => known(ledger.durable ? ledger.sizeBytes : undefined) }),
  metric('watchroom_ledger_durable', 'gauge', { help: '1 when the counters survive a restart, 0 when the ledger is kept in memory only.', cardinality: '1', read: ({ ledger }) => [[Number(ledger.durable)]] }),
  metric('watchroom_sessions_exported', 'gauge', { help: 'Sessions in the scrape.', cardinality: '1', read: ({ sessions }) => [[sessions.length]] }),
  metric('watchroom_sessions_dropped', 'gauge', { labels: ['reason'], help: 'Sessions left out of the scrape.', cardinality: '2 (window, limit)', read: dropped }),
];

function dropped({ dropped: { window, limit } }: Snapshot): readonly Reading[] {
  return [[window, 'window'], [limit, 'limit']];
}

const own = (name: string, type: OwnMetric['type'], row: Fields): OwnMetric => ({ scope: 'own', unit: '', labels: [], name, type, ...row });

/** What the exporter measures while it serves; prom-client keeps these, beside its process_* and nodejs_* metrics. */
export const ownMetrics = {
  build: own('watchroom_build_info', 'gauge', { labels: ['version', 'revision', 'node_version'], help: 'Build of the exporter; always 1.', cardinality: '1' }),
  series: own('watchroom_series', 'gauge', { help: 'Session series in the last scrape.', cardinality: '1' }),
  render: own('watchroom_scrape_render_seconds', 'histogram', { unit: 's', help: 'Time to render a scrape.', cardinality: '14' }),
  http: own('watchroom_http_request_duration_seconds', 'histogram', { unit: 's', labels: ['method', 'route', 'status_class'], help: 'Time to answer an HTTP request.', cardinality: 'routes × 14' }),
} as const;
