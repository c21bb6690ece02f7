/** A person as two letters in their own colour, the same everywhere; the agent as a lamp. */
export const Face = ({ name, small = false, status }: { readonly name: string; readonly small?: boolean; readonly status?: string }) => (
  <span className={`face hue-${hueOf(name)} ${small ? 'small' : ''} ${status ?? ''}`} aria-hidden="true">{initials(name)}</span>
);

export const hueOf = (name: string): number => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9973, 7) % 8;

const initials = (name: string): string => {
  const parts = name.split(/[\s._-]+/).filter((part) => part !== '');
  const letters = parts.length > 1 ? [parts[0]!, parts.at(-1)!].map((part) => [...part][0]) : [...(parts[0] ?? '?')].slice(0, 2);
  return letters.join('').toUpperCase();
};
