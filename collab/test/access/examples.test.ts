import { describe, expect, it } from '@jest/globals';
import { callExample, insiderOf } from '../support/call.ts';
import { makeWorld } from '../support/world.ts';

// [U5] What the API document shows works: every example is called, and its answer has the form that the document says.

const outline = await makeWorld();
const routes = outline.hub.routes.filter(({ example }) => example !== undefined);
await outline.hub.stop();

describe('[U5] every example of the API document', () => {
  it.each(routes.map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}` })))('$name works as it is shown', async ({ name }) => {
    const world = await makeWorld();
    try {
      const one = world.hub.routes.find(({ method, path }) => `${method.toUpperCase()} ${path}` === name)!;
      const answer = await callExample(one, insiderOf(one, world), world);
      const { schema, type } = one.answers;
      expect({ status: answer.status, text: answer.status >= 400 ? answer.text : '' }).toEqual({ status: one.answers.status ?? (schema === undefined && type === undefined ? 204 : 200), text: '' });
      if (schema !== undefined) expect(schema.safeParse(answer.body)).toMatchObject({ success: true });
    } finally {
      await world.hub.stop();
    }
  });
});
