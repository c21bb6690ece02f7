import { join } from 'node:path';
import type { Machine } from '../../files/machine.ts';

/** Copilot's folder: $COPILOT_HOME, else ~/.copilot on every system. */
export const copilotHome = (machine: Machine): string => machine.env.COPILOT_HOME || join(machine.home, '.copilot');
