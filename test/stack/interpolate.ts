/**
 * A text of docker-compose.yml with its variables put in, as Compose does it: ${X}, ${X:-default}, ${X-default}, ${X:?message},
 * ${X?message}, ${X:+instead}, $X, and $$ for a dollar. Throws what Compose says of a variable that must be there.
 */
export const interpolate = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$(?:(\$)|([A-Z_][A-Z0-9_]*)|\{([A-Z_][A-Z0-9_]*)(?:(:?[-?+])([^}]*))?\})/gi, (_all, dollar: string, bare: string, name: string, operator: string | undefined, argument = '') => {
    if (dollar) return '$';
    const value = variables[bare ?? name];
    const isGiven = value !== undefined && (!operator?.startsWith(':') || value !== '');
    switch (operator?.at(-1)) {
      case '-': return isGiven ? value : argument;
      case '+': return isGiven ? argument : '';
      case '?':
        if (!isGiven) throw new Error(`required variable ${name} is missing a value: ${argument}`);
        return value;
      default: return value ?? '';
    }
  });
