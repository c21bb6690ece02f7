/** The command that shows the records behind a number, on the machine that has them. */
export const RecordsOf = ({ session, number }: { readonly session: string; readonly number: string }) => (
  <span className="records">The records it came from, on the session’s machine: <code>watchroom explain {shortOf(session)} {number}</code></span>
);

/** As much of the id as names it: "claude/7c1d9a52-…" → "7c1d9a52" */
export const shortOf = (session: string): string => {
  const nativeId = session.slice(session.indexOf('/') + 1);
  return /^[0-9a-f]{8}-/.test(nativeId) ? nativeId.slice(0, 8) : nativeId;
};
