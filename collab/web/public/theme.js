// Before the first paint: the theme somebody chose on this browser; else the system's, by CSS alone.
try {
  const chosen = localStorage.getItem('watchroom.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // A browser without storage follows the system.
}
