const paths = {
  answer: 'M6.5 4 2.5 8l4 4M2.5 8h7a4 4 0 0 1 4 4v1',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9',
  pin: 'M9.5 2.5 13.5 6.5 10.5 8 10 12 4 6 8 5.500ZM7 9l-4.500 4.500',
  edit: 'M10.500 3.500 12.500 5.500 5.500 12.500 3 13 3.500 10.500Z',
  clip: 'M13 7.500 8 12.500a3 3 0 0 1-4.300-4.300l5.400-5.400a2 2 0 0 1 2.900 2.900L6.700 11a1 1 0 0 1-1.400-1.400L10 5',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM10.500 10.500 14 14',
  remove: 'M4 4l8 8M12 4l-8 8',
} as const;

/** The small drawings on a message's buttons. */
export const Mark = ({ of }: { readonly of: keyof typeof paths }) => <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" strokeLinecap="round"><path d={paths[of]} /></svg>;
