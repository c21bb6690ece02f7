import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import type { Route } from './route.ts';

/** The API as an OpenAPI 3.1 document, from the very schemas that check the calls. */
export const openApiOf = (routes: readonly Route[], { version, url }: { readonly version: string; readonly url: string }): ReturnType<typeof createDocument> =>
  createDocument({
    openapi: '3.1.0',
    info: { title: 'Watchroom hub', version, description: 'Sessions of AI coding tools, of a whole team. Errors have one shape: {id, message, detailed_error, request_id, status_code}.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A login, a personal access token, an agent token or a scrape token.' } } },
    paths: pathsOf(routes),
  });

/** Every refusal. */
export const errorAnswer = z.object({ id: z.string(), message: z.string(), detailed_error: z.string(), request_id: z.string(), status_code: z.int() }).meta({ id: 'Error', description: 'Why a call was refused, in a sentence.' });

const pathsOf = (routes: readonly Route[]): ZodOpenApiPathsObject => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const one of routes) (paths[openPath(one.path)] ??= {})[one.method] = operationOf(one);
  return paths as ZodOpenApiPathsObject;
};

/** /teams/:team → /teams/{team} */
export const openPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

const operationOf = ({ method, path, tag, summary, access, params, query, body, answers, example }: Route): ZodOpenApiOperationObject => {
  const type = answers.type ?? 'application/json';
  const status = String(answers.status ?? (answers.schema === undefined && answers.type === undefined ? 204 : 200)) as '200';
  return {
    operationId: `${method} ${path}`.replace(/[^a-z0-9]+/gi, '_'),
    tags: [tag], summary, description: whoMay(access),
    security: access.who === 'everybody' ? [] : [{ bearer: [] }],
    requestParams: { ...(params ? { path: params as z.ZodObject } : {}), ...(query ? { query: query as z.ZodObject } : {}) },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body, ...(example?.body === undefined ? {} : { example: example.body }) } } } } : {}),
    responses: {
      [status]: { description: answers.about, ...(answers.schema || answers.type ? { content: { [type]: { schema: answers.schema ?? z.string() } } } : {}) },
      default: { description: 'Refused.', content: { 'application/json': { schema: errorAnswer } } },
    },
  };
};

const whoMay = (access: Route['access']): string => {
  switch (access.who) {
    case 'everybody': return 'For everybody.';
    case 'person': return 'For whoever is signed in.';
    case 'operator': return 'For whoever runs the hub.';
    case 'agent': return 'For an agent token.';
    case 'scraper': return 'For a scrape token.';
    case 'team': return `For members of the team whose role allows "${access.act}".`;
    case 'session': return `For those who are something to the session that allows "${access.act}".`;
  }
};
