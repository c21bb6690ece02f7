import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
