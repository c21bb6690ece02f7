export type Format = 'text' | 'openmetrics';

export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The format a scraper prefers, from its Accept header; text 0.0.4 for whoever states nothing we know. */
export const formatOf = (accept: string | undefined): Format => {
  let best: { format: Format; quality: number } = { format: 'text', quality: 0 };
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = formatOfRange(type!, parameters);
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (format && quality > best.quality) best = { format, quality };
  }
  return best.format;
};

const formatOfRange = (type: string, parameters: readonly string[]): Format | undefined => {
  const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice(8);
  if (type === 'application/openmetrics-text') return version === undefined || version === '1.0.0' || version === '0.0.1' ? 'openmetrics' : undefined;
  if (type === 'text/plain') return version === undefined || version === '0.0.4' ? 'text' : undefined;
  return type === '*/*' || type === 'text/*' ? 'text' : undefined;
};
