/** Who a message names: @name, and @channel, @all or @here for everybody in the room. Code is not speech: what stands in it names nobody. */
export const namesIn = (message: string): { readonly names: ReadonlySet<string>; readonly everybody: boolean } => {
  const speech = message.replace(/(```|~~~)[\s\S]*?(?:\1|$)/g, ' ').replace(/`[^`\n]*`/g, ' ');
  const names = new Set<string>();
  for (const [, name] of speech.matchAll(/(?<![\p{L}\p{N}_@./-])@([a-z0-9][a-z0-9._-]{0,63})/giu)) {
    const found = name!.toLowerCase();
    names.add(found);
    names.add(found.replace(/[._-]+$/, '')); // "ask @ada."
  }
  const everybody = [...all].some((word) => names.delete(word));
  return { names, everybody };
};

const all = new Set(['channel', 'all', 'here']);
