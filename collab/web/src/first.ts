import { askAhead } from './app/ask-ahead.ts';
import { wearTheme } from './app/theme.ts';

// Before the first paint, and before anything else of the page is there: a small file of its own (web/first-script.ts).
wearTheme();
askAhead(location.pathname);
