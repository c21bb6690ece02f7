import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import './inbox/inbox.css';
import { askAhead } from './app/ask-ahead.ts';

// The hub is asked while everything that draws its answers is on its way.
askAhead(location.pathname);
void import('./app/start.tsx');
