import type { Plugin } from 'vite';

/** Parts of mattermost-redux and its client that the page calls nothing of (the hub speaks socket.io, rooms have no categories), but that others of its modules ask for: empty, so that nobody loads them. */
const parts = /[\\/](?:mattermost-redux[\\/]lib[\\/]actions[\\/]channel_categories|@mattermost[\\/]client[\\/]lib[\\/]websocket(?:_events)?)\.js$/;

export const leftOut = (): Plugin => ({
  name: 'watchroom-left-out', enforce: 'pre',
  load: (id) => (parts.test(id.replace(/\?.*$/, '')) ? 'Object.defineProperty(exports, "__esModule", { value: true });' : null),
});
