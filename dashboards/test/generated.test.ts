/** @jest-environment-options {"customExportConditions": ["watchroom-source", "node", "node-addons"]} */
import { describe, expect, it } from '@jest/globals';
import { generated } from '../src/generated.ts';
import { fleet, metric, recorded } from '../src/queries.ts';
import { committedFiles } from './committed.ts';

describe('generation', () => {
  it('writes exactly the committed files (npm run dashboards brings them up to date)', () => {
    const made = generated();
    const committed = committedFiles();
    expect([...made.keys()].sort()).toEqual([...committed.keys()]);
    for (const [name, text] of made) expect({ name, text }).toEqual({ name, text: committed.get(name) });
  });

  it('[T40] a metric, a label or a rule that nobody makes ends it', () => {
    expect(() => metric('ai_tokens')).toThrow('no metric is called ai_tokens');
    expect(() => metric('ai_tokens_total', { session_id: 'x' })).toThrow('ai_tokens_total has no label session_id; it has tool, model, project, token_type');
    expect(() => recorded('session:ai_session_context:max')).toThrow('no recording rule is called');
  });

  it('a selector has the matchers of the page as far as the metric has their labels', () => {
    expect(fleet('ai_errors_total', { error_kind: { not: 'tool' } })).toBe('ai_errors_total{user_name=~"$user", tool=~"$tool", error_kind!="tool"}');
    expect(fleet('ai_cost_usd_total')).toBe('ai_cost_usd_total{user_name=~"$user", tool=~"$tool", project=~"$project", model=~"$model"}');
  });
});
