// What the command line loads: see HubModule in the exporter. Filled as the parts land.
export { createHub } from './hub.ts';
