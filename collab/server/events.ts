import { EventEmitter } from 'node:events';
import type { SessionTable } from './store/schema.ts';

/** What happens in the hub, told within the process. Sockets, metrics and the downlink listen; nothing is stored here. */
export interface HubEventMap {
  'session:created': [{ readonly session: SessionTable }];
  'session:updated': [{ readonly session: SessionTable }];
  'session:ended': [{ readonly session: SessionTable }];
  'session:deleted': [{ readonly session: SessionTable }];
  /** The level of the score became worse, or better again. */
  'health:alerted': [{ readonly session: SessionTable; readonly from: string | undefined; readonly to: string }];
  /** Context or tokens passed a threshold of the team. */
  'tokens:warned': [{ readonly session: SessionTable; readonly reason: string; readonly ratio: number; readonly threshold: number }];
  'member:joined': [{ readonly teamId: string; readonly userId: string; readonly name: string; readonly role: string }];
  /** Somebody lost a right: their live sockets go, or lose what they may no longer see, before the act is answered [R8]. */
  'access:lost': [{ readonly userId?: string; readonly teamId?: string; readonly sessionId?: string; readonly deviceId?: string; readonly tokenId?: string }];
  /** The agent has something to do, or somebody watches one of its sessions. */
  'agent:wanted': [{ readonly agentId: string }];
  /** An agent said how a command went, or did not in time. */
  'agent:answered': [{ readonly commandId: string; readonly sessionId: string; readonly kind: 'stop' | 'export'; readonly askedBy: string; readonly outcome: 'done' | 'refused' | 'failed' | 'expired'; readonly detail: string }];
}

export type HubEvents = EventEmitter<HubEventMap>;

export const createEvents = (): HubEvents => new EventEmitter<HubEventMap>({ captureRejections: false }).setMaxListeners(50);
