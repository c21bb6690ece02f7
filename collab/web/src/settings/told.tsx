import { useState } from 'react';

/** A secret that is told once, ready to be copied. */
export const Told = ({ words, secret }: { readonly words: string; readonly secret: string }) => {
  const [copied, setCopied] = useState(false);
  return (
    <div className="told notice calm" role="status"><p>{words}</p>
      <pre tabIndex={0}>{secret}</pre>
      <button type="button" className="button tight" onClick={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}>{copied ? 'Copied' : 'Copy'}</button>
    </div>
  );
};
