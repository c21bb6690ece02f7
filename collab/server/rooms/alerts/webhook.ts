import { z } from 'zod';

const text = z.string().max(8192);
const labels = z.record(z.string().min(1).max(128), text).refine((given) => Object.keys(given).length <= 64, 'more than 64');
const moment = z.iso.datetime({ offset: true }).transform((given) => Date.parse(given));

/** Alertmanager's webhook, version 4. Keys that are not named here are left alone. */
export const webhookV4 = z.object({
  version: z.literal('4'),
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(z.object({
    status: z.enum(['firing', 'resolved']),
    labels, annotations: labels.default({}),
    startsAt: moment, endsAt: moment,
    fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/),
  })).max(1000),
}).meta({ id: 'AlertmanagerWebhook', description: 'What Alertmanager sends to a webhook_config, version 4.' });
export type ToldAlert = z.output<typeof webhookV4>['alerts'][number];
