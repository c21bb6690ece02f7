import bcrypt from 'bcryptjs';
import type { RequestHandler } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebConfig } from './web-config.ts';

/** Lets in whoever the web configuration knows; everybody when it names neither users nor tokens. */
export const authorize = (config: () => WebConfig): RequestHandler => {
  const passwords = new PasswordCheck();
  return async (request, response, next) => {
    const { users, tokens } = config();
    if (users.size === 0 && tokens.length === 0) return next();
    const [scheme, credentials = ''] = splitOnce(request.headers.authorization ?? '', ' ');
    if (scheme.toLowerCase() === 'bearer' && tokens.some((token) => sameText(token, credentials.trim()))) return next();
    if (scheme.toLowerCase() === 'basic' && (await passwords.isRight(users, credentials.trim()))) return next();
    response.status(401).set('WWW-Authenticate', [...(users.size > 0 ? ['Basic realm="watchroom"'] : []), ...(tokens.length > 0 ? ['Bearer realm="watchroom"'] : [])]);
    response.type('text/plain').send('This server wants a user and password or a token, as its web configuration file says.\n');
  };
};

/** bcrypt costs a tenth of a second on purpose; the answer for the same user, password and hash is remembered. */
class PasswordCheck {
  readonly #answers = new Map<string, Promise<boolean>>();

  /** @param credentials base64 of "user:password" */
  isRight(users: ReadonlyMap<string, string>, credentials: string): Promise<boolean> {
    const [user, password] = splitOnce(Buffer.from(credentials, 'base64').toString('utf8'), ':');
    // An unknown user costs as much as a wrong password, so that nobody learns by the clock who is known.
    const hash = users.get(user) ?? nobody;
    const key = digest(`${user}\0${hash}\0${password}`).toString('base64');
    const answer = this.#answers.get(key) ?? bcrypt.compare(password, hash).then((right) => right && users.has(user));
    this.#answers.delete(key); // re-inserted last: guesses push each other out, not the scraper's password
    this.#answers.set(key, answer);
    if (this.#answers.size > mostAnswers) this.#answers.delete(this.#answers.keys().next().value!);
    return answer;
  }
}

const mostAnswers = 100;
/** A hash that no password has: its text is random and was thrown away. */
const nobody = '$2b$10$pkIj8cWdIT2vlC38/ReXSu8w7Nt0gNdAqTEc98z4oqLK1QfGhO1Vy';

const splitOnce = (text: string, by: string): [string, string] => {
  const at = text.indexOf(by);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
