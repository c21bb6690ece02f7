import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../server/routes/errors.ts';
import { pathTable } from '../../server/routes/paths.ts';

const declared = ['get /teams', 'post /teams', 'get /teams/:team', 'post /teams/names', 'get /teams/:team/members/:user', 'get /'].map((one) => ({ method: one.split(' ')[0]!, path: one.split(' ')[1]! }));
const find = pathTable(declared);
const foundAt = (path: string) => find(path).map((place) => [place.path, place.entries.map(({ method }) => method).join(), place.params]);

describe('a table of paths', () => {
  it('finds what is declared at a path', () => {
    expect(foundAt('/teams')).toEqual([['/teams', 'get,post', {}]]);
    expect(foundAt('/')).toEqual([['/', 'get', {}]]);
    expect(foundAt('/teams/reds/members/ada')).toEqual([['/teams/:team/members/:user', 'get', { team: 'reds', user: 'ada' }]]);
    for (const path of ['/team', '/teams/reds/members', '/teams/reds/members/', '/teams//members/ada', '//teams', '/teams/reds/blues/ada', '']) expect(foundAt(path)).toEqual([]);
  });

  it('takes letters of either case and a slash at the end, and keeps what was given', () => {
    expect(foundAt('/Teams/')).toEqual([['/teams', 'get,post', {}]]);
    expect(foundAt('/TEAMS/Reds/Members/Ada/')).toEqual([['/teams/:team/members/:user', 'get', { team: 'Reds', user: 'Ada' }]]);
  });

  it('tells plain paths before those that take anything, for a method may be declared at either', () => {
    expect(foundAt('/teams/names')).toEqual([['/teams/names', 'post', {}], ['/teams/:team', 'get', { team: 'names' }]]);
  });

  it('decodes what it takes, once', () => {
    expect(foundAt('/teams/a%2Fb%2525')).toEqual([['/teams/:team', 'get', { team: 'a/b%25' }]]);
    expect(() => find('/teams/%zz')).toThrow(Refusal);
  });
});
