/**
 * The page's only script. It asks for the page again every two seconds and swaps what changed, row by row, so that there is one
 * place that draws (rows.ts) and focus, scroll position and open parts stay. It rests while nobody looks.
 */
export const liveScript = `'use strict';
(() => {
  const every = 2000;
  const slowest = 30000;
  let wait = every;

  const swap = (here, there) => {
    const rows = here.querySelector('tbody.rows');
    const newRows = there.querySelector('tbody.rows');
    if (!rows || !newRows) {
      if (here.innerHTML !== there.innerHTML) here.replaceChildren(...there.childNodes);
      return;
    }
    const known = new Map([...rows.children].map((row) => [row.id, row]));
    [...newRows.children].forEach((fresh, index) => {
      let row = known.get(fresh.id);
      known.delete(fresh.id);
      if (!row) row = fresh;
      else {
        row.className = fresh.className;
        [...fresh.children].forEach((cell, at) => { if (row.children[at].outerHTML !== cell.outerHTML) row.children[at].replaceWith(cell.cloneNode(true)); });
      }
      if (rows.children[index] !== row) rows.insertBefore(row, rows.children[index] || null);
    });
    for (const row of known.values()) row.remove();
  };

  const refresh = async () => {
    const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.title = fresh.title;
    for (const part of document.querySelectorAll('[data-part]')) {
      const there = fresh.getElementById(part.id);
      if (there) swap(part, there);
    }
  };

  const lost = (is) => {
    document.documentElement.classList.toggle('lost', is);
    if (is) document.title = 'Watchroom (no answer)';
  };

  const next = () => setTimeout(run, wait);
  const run = async () => {
    if (document.hidden) return document.addEventListener('visibilitychange', run, { once: true });
    try {
      await refresh();
      wait = every;
      lost(false);
    } catch {
      wait = Math.min(wait * 2, slowest);
      lost(true);
    }
    next();
  };
  next();
})();
`;
