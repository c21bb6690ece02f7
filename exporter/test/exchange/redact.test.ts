import { describe, expect, it } from '@jest/globals';
import { redacted } from '../../src/exchange/redact.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const secrets: Readonly<Record<string, string>> = {
  'an Anthropic key': `sk-ant-${'api03'}-${'a1B'.repeat(31)}AA`,
  'a GitHub token': `ghp_${'b1C'.repeat(12)}`,
  'a Slack token': `xoxb-${'123456789012'}-123456789012-${'abcdefghijklmnopqrstuvwx'}`,
  'an AWS key id': `AKIA${'Q3EGRTXKQJSN7XYZ'}`,
  'a database address': `postgres://shop:${'s3cretpw'}@db.example/shop`,
  'a private key': `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIE${'abcd'.repeat(20)}\n-----END RSA ${'PRIVATE'} KEY-----`,
  'a private key inside JSON': JSON.stringify(`-----BEGIN ${'PRIVATE'} KEY-----\nMIIE${'abcd'.repeat(20)}\n-----END ${'PRIVATE'} KEY-----\n`),
  'a private key that is cut off': `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\n${'abcd'.repeat(20)}`,
  'a bearer': `Authorization: Bearer ${'0123456789abcdef'}0123`,
  'a JSON web token': `eyJ${'hbGciOiJI'}.eyJ${'zdWIiOiIx'}.${'SflKxwRJSM'}`,
  'a token of ours': `wra_${'0123456789abcdefghij'}`,
};

describe('redaction', () => {
  it.each(Object.entries(secrets))('[L4] takes out %s, wherever it stands, and leaves the rest', async (_name, secret) => {
    const core = secret.replace(/^"|"$/g, '').replace(/^postgres:\/\/shop:(.*)@.*$/, '$1').replace(/^Authorization: Bearer /, '');
    const { value, found } = await redacted({ title: `before ${secret} after`, list: [{ deep: [`x\n${secret}\ny`] }], number: 3 });
    expect(found).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(value)).not.toContain(JSON.stringify(core).slice(1, -1));
    expect(value.title).toMatch(/^before .*\[redacted: /);
    expect(value.number).toBe(3);
  });

  it('[L4] a secret as the name of a field is taken out as well', async () => {
    const { value } = await redacted({ files: { [`/tmp/${secrets['a GitHub token']}`]: 1 } });
    expect(JSON.stringify(value)).not.toContain('ghp_');
  });

  it('what holds no secret is left as it is, the very same object', async () => {
    const value = { text: 'The key to the shop is under the mat. sk-test, AKIA, https://example.com/a:b@c, bearer of news', list: ['x'] };
    expect(await redacted(value)).toEqual({ value, found: 0 });
    expect((await redacted(value)).value).toBe(value);
  });

  it('[L4] many megabytes with secrets at every seam of the batches', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `${'lorem ipsum '.repeat(10_000)}${index} ${secrets['an Anthropic key']}`);
    const { value, found } = await redacted(texts);
    expect(found).toBe(30);
    expect(value.every((text, index) => text.endsWith(`${index} [redacted: anthropic]`))).toBe(true);
  });
});
