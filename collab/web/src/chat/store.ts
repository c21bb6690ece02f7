import type { GlobalState } from '@mattermost/types/store';
import * as emojis from 'mattermost-redux/reducers/entities/emojis';
import * as files from 'mattermost-redux/reducers/entities/files';
import * as general from 'mattermost-redux/reducers/entities/general';
import * as channels from 'mattermost-redux/reducers/entities/channels';
import * as posts from 'mattermost-redux/reducers/entities/posts';
import * as preferences from 'mattermost-redux/reducers/entities/preferences';
import * as teams from 'mattermost-redux/reducers/entities/teams';
import * as threads from 'mattermost-redux/reducers/entities/threads/index';
import * as typing from 'mattermost-redux/reducers/entities/typing';
import * as users from 'mattermost-redux/reducers/entities/users';
import { applyMiddleware, combineReducers, legacy_createStore } from 'redux';
import type { Reducer, UnknownAction } from 'redux';
import { enableBatching } from 'redux-batched-actions';
import { withExtraArgument } from 'redux-thunk';
import type { ThunkDispatch } from 'redux-thunk';

/** The chat's state: mattermost-redux's own reducers, those that are used, and nothing for the parts that its actions merely ask for. */
const still = <State>(state: State): Reducer<State> => (now = state) => now;
/** The package is CommonJS: whoever bundles it, its default export is one or two doors away. */
const reducerOf = (module: unknown): Reducer => {
  const { default: given } = module as { readonly default: Reducer | { readonly default: Reducer } };
  return typeof given === 'function' ? given : given.default;
};

const entities = combineReducers({
  general: reducerOf(general), users: reducerOf(users), teams: reducerOf(teams), channels: reducerOf(channels), posts: reducerOf(posts), files: reducerOf(files), preferences: reducerOf(preferences), typing: reducerOf(typing), emojis: reducerOf(emojis), threads: reducerOf(threads),
  groups: still({ groups: {}, myGroups: [], syncables: {}, stats: {} }), search: still({ results: [], current: {} }), roles: still({ roles: {}, pending: new Set<string>() }), bots: still({ accounts: {} }), limits: still({ serverLimits: {} }),
});

const root = enableBatching(combineReducers({ entities, errors: still([]), requests: still({}), websocket: still({ connected: true, connectionId: '' }) }) as unknown as Reducer);

export const chatStore = legacy_createStore(root, applyMiddleware(withExtraArgument({ loaders: {} }))) as unknown as { readonly getState: () => GlobalState; readonly dispatch: ThunkDispatch<GlobalState, unknown, UnknownAction>; readonly subscribe: (listener: () => void) => () => void };
