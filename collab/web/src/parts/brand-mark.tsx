/** The mark of the house, as public/icon.svg: drawn here, so that the first frame waits for no picture. */
export const BrandMark = ({ size }: { readonly size: number }) => (
  <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true"><rect width="32" height="32" rx="7" fill="#23615e" /><path d="M9 8h14v16H9z" fill="#f6d58f" /><path d="M15 8h2v16h-2zM9 15h14v2H9z" fill="#23615e" /></svg>
);
