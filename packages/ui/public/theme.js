// Before the first paint, so that the page never flashes in the wrong theme. A file of its own because the content
// security policy allows no inline scripts.
try {
  const theme = localStorage.getItem('millwright.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the theme of the system stays.
}
