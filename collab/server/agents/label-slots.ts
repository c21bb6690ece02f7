// Labels that people's machines fill in are capped over all agents of a team (METRICS.md): what has no slot is "other". What is booked stays
// under the label in force then, so no counter falls when slots are dealt anew.

export const mostOf = { project: 50, tool_name: 20, model: 100 } as const;
export type CappedLabel = keyof typeof mostOf;

/** The labels of all teams that have a series of their own. */
export class LabelSlots {
  readonly #granted = new Map<string, Set<string>>();

  /** The label to book under: the name while there is room, else "other". Tool names are capped by tool. */
  of(label: CappedLabel, name: string, { teamId, tool = '' }: { readonly teamId: string; readonly tool?: string }): string {
    if (reserved.has(name)) return name;
    const granted = this.#slots(label, teamId, tool);
    if (granted.has(name)) return name;
    if (granted.size >= mostOf[label]) return 'other';
    granted.add(name);
    return name;
  }

  /** Gives the slots to these names, the most used first; those left over go to whoever comes next. */
  deal(label: CappedLabel, names: readonly string[], { teamId, tool = '' }: { readonly teamId: string; readonly tool?: string }): void {
    const granted = this.#slots(label, teamId, tool);
    granted.clear();
    for (const name of names.slice(0, mostOf[label])) if (!reserved.has(name)) granted.add(name);
  }

  #slots(label: CappedLabel, teamId: string, tool: string): Set<string> {
    const key = `${label} ${teamId} ${label === 'tool_name' ? tool : ''}`;
    let granted = this.#granted.get(key);
    if (!granted) this.#granted.set(key, (granted = new Set()));
    return granted;
  }
}

/** Words of our own; they take no slot. */
const reserved = new Set(['other', 'unknown', 'private']);
