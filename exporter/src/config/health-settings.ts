import type { HealthSettings } from '../health/settings.ts';
import type { Config } from './settings.ts';

/** The part of the configuration that the health score goes by. */
export const healthSettings = ({ healthWeights, healthCurves, healthThresholds }: Config): HealthSettings => ({ weights: healthWeights, curves: healthCurves, thresholds: healthThresholds });
