/** Who may be meant by an @ that is being written: the names, and where it began. */
export const suggest = (text: string, at: number, names: readonly string[]): { readonly from: number; readonly names: readonly string[] } | undefined => {
  const match = /(^|[\s(])@([a-z0-9._-]*)$/i.exec(text.slice(0, at));
  if (match === null) return undefined;
  const begun = match[2]!.toLowerCase();
  return { from: at - begun.length - 1, names: names.filter((name) => name.toLowerCase().startsWith(begun) && name !== begun).slice(0, 5) };
};
