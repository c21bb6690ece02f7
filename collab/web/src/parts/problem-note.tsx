import type { Problem } from '../api/problem.ts';

/** What went wrong in a sentence, with a way out. */
export const ProblemNote = ({ problem, onRetry, children }: { readonly problem: Problem; readonly onRetry?: () => void; readonly children?: React.ReactNode }) => (
  <div className="notice bad" role="alert"><p>{problem.message}</p>{children}{onRetry && problem.kind !== 'forbidden' && problem.kind !== 'not found' ? <button type="button" className="button tight" onClick={onRetry}>Try again</button> : null}</div>
);
