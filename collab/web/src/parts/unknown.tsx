/** What is not known looks like nothing else, and says why. */
export const Unknown = ({ why }: { readonly why: string }) => <abbr className="unknown" title={why}><span aria-hidden="true">–</span><span className="unseen">unknown: {why}</span></abbr>;
