import { afterAll, describe, expect, it } from '@jest/globals';
import { callExample, insiderOf } from '../support/call.ts';
import { makeWorld } from '../support/world.ts';

// [U5] What the API document shows works: every example is called, and its answer has the form that the document says.

/** For all that only look; whatever changes something has a world of its own. */
const shared = await makeWorld();
const routes = shared.hub.routes.filter(({ example }) => example !== undefined);
afterAll(() => shared.hub.stop());

describe('[U5] every example of the API document', () => {
  it.each(routes.map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}`, looks: one.method === 'get' })))('$name works as it is shown', async ({ name, looks }) => {
    const world = looks ? shared : await makeWorld();
    try {
      const one = world.hub.routes.find(({ method, path }) => `${method.toUpperCase()} ${path}` === name)!;
      const answer = await callExample(one, insiderOf(one, world), world);
      const { schema, type } = one.answers;
      expect({ status: answer.status, text: answer.status >= 400 ? answer.text : '' }).toEqual({ status: one.answers.status ?? (schema === undefined && type === undefined ? 204 : 200), text: '' });
      if (schema !== undefined) expect(schema.safeParse(answer.body)).toMatchObject({ success: true });
    } finally {
      if (!looks) await world.hub.stop();
    }
  });
});
