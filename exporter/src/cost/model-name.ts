/** A name under which a model may stand in the table, and what was done to the tool's name to get it. */
export interface NameForm {
  readonly name: string;
  readonly steps: readonly string[];
  /** The name itself says that the fast tier was used. */
  readonly fast?: boolean;
}

export interface NameForms {
  /** Other spellings of the very same model, closest first. */
  readonly same: readonly NameForm[];
  /** Settings of the model that do not change its price per token. */
  readonly variants: readonly NameForm[];
}

/**
 * The names to look for, from what a tool wrote ("us.anthropic.claude-opus-4-5-20251101-v1:0", "copilot/claude-haiku-4.5").
 * Only endings known to leave the price alone are taken off: what else follows a known name ("-mini", "-foo", "-6")
 * is another model, and a wrong price is worse than none (TRAPS 25).
 */
export const nameForms = (model: string): NameForms => {
  const same = spellings(model);
  return { same, variants: variantsOf(same.at(-1)!) };
};

/** One spelling for the names of all sources: lower case, dashes for dots, Claude's family before its version ("claude-4.5-sonnet"), "opus-41" and "opus-4-0" as the rest. */
export const spell = (model: string): string =>
  model.trim().toLowerCase().replaceAll('.', '-')
    .replace(/^(.*\/)?claude-(\d(?:-\d)?)-(opus|sonnet|haiku)(?=$|[-@:[])/, '$1claude-$3-$2')
    .replace(/claude-(opus|sonnet)-4-?([01])(?=$|[-@:[])/, (_, family: string, minor: string) => `claude-${family}-4${minor === '0' ? '' : '-1'}`);

const spellings = (model: string): NameForm[] => {
  let written = model.trim().toLowerCase();
  let steps: string[] = [];
  const forms: NameForm[] = [{ name: spell(written), steps }];
  for (const [pattern, step, replacement = ''] of samePrice) {
    const rest = written.replace(pattern, replacement);
    if (rest === written || rest === '') continue;
    written = rest;
    steps = [...steps, step];
    forms.push({ name: spell(written), steps });
  }
  return forms;
};

/** Providers that sell models under their own names. Any other prefix (a local server, say) has prices of its own. */
const providers =
  'models|anthropic|openai|openai-codex|google|gemini|google-vertex|google-vertex-anthropic|vertex|vertex_ai|bedrock|bedrock_converse|amazon-bedrock|azure|azure_ai|openrouter|' +
  'copilot|github-copilot|github_copilot|opencode|vercel|vercel_ai_gateway|xai|x-ai|deepseek|deepseek-ai|moonshot|moonshotai|zai|z-ai|zhipuai|' +
  'mistral|mistralai|codestral|qwen|dashscope|alibaba|minimax|minimaxai';

/** In the order in which they are taken off, outermost first. */
const samePrice: readonly (readonly [pattern: RegExp, step: string, replacement?: string])[] = [
  [/\[1m\]$/, '[1m] removed'],
  [new RegExp(`^(?:(?:${providers})/)+`), 'provider removed'],
  // Bedrock: region, provider, version ("us.anthropic.claude-…-v1:0").
  [/^(?:(?:us|us-gov|eu|apac|au|jp|ca|global)\.)?(?:anthropic|openai|deepseek|moonshot|moonshotai|mistral|minimax|qwen|zai|xai)\.(.+?)(?:-v\d+(?::\d+)?)?$/, 'Bedrock region, provider and version removed', '$1'],
  [/@default$/, '@default removed'],
  [/-latest$/, '-latest removed'],
  [/[-@](?:20\d{6}|20\d\d-\d\d-\d\d)$/, 'date removed'],
];

const variantsOf = (model: NameForm): NameForm[] => {
  const forms: NameForm[] = [];
  let before = model;
  for (;;) {
    const ending = before.name.match(variantEnding)?.[0];
    if (ending === undefined || ending === before.name) return forms;
    const fast = before.fast === true || ending === '-fast';
    before = { name: before.name.slice(0, -ending.length), steps: [...before.steps, `${ending} removed`], ...(fast ? { fast } : {}) };
    forms.push(before);
  }
};

/** Reasoning settings, previews and the fast tier. Not "max", "pro" or "ultra": those are models. */
const variantEnding = /(?:-thinking|:thinking|-(?:minimal|low|medium|high|xhigh)(?:-thinking)?|-fast|-beta|-(?:preview|exp)(?:-\d\d-\d\d(?:\d\d)?)?)$/;
