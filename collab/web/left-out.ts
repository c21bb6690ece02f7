import type { Plugin } from 'vite';

/**
 * Parts of mattermost-redux and its client that the page calls nothing of, but that others of its modules ask for: empty, so that nobody loads them.
 * The hub speaks socket.io; what the page does are acts of posts (actions/posts: create, edit, delete, pin, react, what was received), and of those none goes to another of these.
 */
const parts = /[\\/](?:mattermost-redux[\\/]lib[\\/]actions[\\/](?:channel_categories|channels|users|teams|groups|preferences|status_profile_polling|general|roles)|@mattermost[\\/]client[\\/]lib[\\/]websocket(?:_events)?)\.js$/;

export const leftOut = (): Plugin => ({
  name: 'watchroom-left-out', enforce: 'pre',
  load: (id) => (parts.test(id.replace(/\?.*$/, '')) ? 'Object.defineProperty(exports, "__esModule", { value: true });' : null),
});
