import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { repository } from './a-world.ts';
import { run } from './an-exporter.ts';

it.each(['list', 'exporter --no-open', 'doctor'])('%s --home with a typing error says that there is no such folder', async (command) => {
  for (const home of ['/nobody/lives/here', join(repository, 'README.md')]) {
    const { code, stdout, stderr } = await run([...command.split(' '), '--home', home]);
    expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: '', stderr: `watchroom: --home: there is no folder ${home}. Is it spelled right?\n` });
  }
});
