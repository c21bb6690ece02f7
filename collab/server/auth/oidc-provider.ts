import * as client from 'openid-client';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import type { Refusal } from '../routes/errors.ts';
import { badRequest, unavailable } from '../routes/errors.ts';
import type { HubSettings } from '../settings.ts';
import type { Journey } from './oidc-state.ts';

type OidcSettings = NonNullable<HubSettings['oidc']>;

/** Who the provider says somebody is. */
export interface SignedOn {
  readonly issuer: string;
  readonly subject: string;
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
}

const claims = z.object({ iss: z.string(), sub: z.string().min(1), preferred_username: z.string().optional().catch(undefined), name: z.string().optional().catch(undefined), email: z.string().optional().catch(undefined) });

/** The provider of single sign-on. What it publishes about itself is asked for when it is first needed. */
export class Provider {
  readonly #settings: OidcSettings;
  readonly #redirectUri: string;
  #found: Promise<Configuration> | undefined;

  constructor(settings: OidcSettings, redirectUri: string) {
    this.#settings = settings;
    this.#redirectUri = redirectUri;
  }

  /** The provider's page to send a browser to, and what must come back from there. */
  async leave(): Promise<{ readonly url: string; readonly journey: Pick<Journey, 'state' | 'nonce' | 'verifier'> }> {
    const configuration = await this.#configuration();
    const journey = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri, scope: 'openid profile email', state: journey.state, nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier), code_challenge_method: 'S256',
    });
    return { url: url.href, journey };
  }

  /** Who came back; undefined: they said no at the provider. */
  async comeBack(query: string, { state, nonce, verifier }: Journey): Promise<SignedOn | undefined> {
    const configuration = await this.#configuration();
    try {
      const answer = await client.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri}${query}`), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
      const { iss: issuer, sub: subject, preferred_username: username, name, email } = claims.parse(answer.claims());
      return { issuer, subject, ...(username ? { username } : {}), ...(name ? { name } : {}), ...(email ? { email } : {}) };
    } catch (error) {
      if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') return undefined;
      throw this.#refusalOf(error);
    }
  }

  #configuration(): Promise<Configuration> {
    this.#found ??= this.#discover().catch((error: unknown) => {
      this.#found = undefined; // asked again next time
      throw error;
    });
    return this.#found;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    // Plain http only to this very machine. The signature of the identity is checked in any case, not only that it came over TLS.
    const execute = [client.enableNonRepudiationChecks, ...(url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? [client.allowInsecureRequests] : [])];
    try {
      return await client.discovery(url, clientId, { [client.clockTolerance]: 60, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) }, clientSecret === undefined ? client.None() : undefined, { execute, timeout: 10 });
    } catch (error) {
      throw unavailable(`${this.#settings.name} (${issuer}) cannot be asked to sign you in: ${messageOf(error)}. Try again, or sign in with a password.`, 30);
    }
  }

  #refusalOf(error: unknown): Refusal {
    // fetch failed or timed out: theirs may be back in a moment. Anything else is an answer that must not be believed.
    if (error instanceof TypeError && error.cause !== undefined) return unavailable(`${this.#settings.name} does not answer. Try again, or sign in with a password.`, 30);
    return badRequest(`${this.#settings.name} sent you back with something that does not fit: ${messageOf(error)}. Start again from the sign-in page.`, 'sign_on_failed');
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);
