/** What is behind the page that one asked for: the connection, counts, code for later. It begins when that page is on screen. */
let is = false;
let told: () => void;
const painted = new Promise<void>((resolve) => { told = resolve; });
/** A page that fails to come must not keep the rest waiting. */
const mostMs = 5000;

/** What one came for is drawn; the rest begins once it is on screen. */
export const contentIsDrawn = (): void => {
  if (is) return;
  // A hidden tab paints nothing.
  if (document.hidden) tell();
  // The frame after the next begins when the next is on its way to the screen.
  else requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(tell)));
};

export const isPainted = (): boolean => is;
export const contentPainted = (): Promise<void> => painted;

const tell = (): void => {
  is = true;
  told();
};
setTimeout(tell, mostMs);
