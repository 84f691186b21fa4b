// Signing in without a browser, for tests that are about something else. The browser gets the cookie.
//
// Kairo lets one network address sign in a few times a minute only, so each person here has an
// address of their own, as in life: all of 127.0.0.0/8 is this machine. The tests of signing in
// use the browser, and stay within that bound.
import { request } from 'node:https';
import type { BrowserContext } from '@playwright/test';
import { mailCount, newMail } from './outbox.ts';

const formType = 'application/x-www-form-urlencoded';
let people = 0;

/** A cookie as `Set-Cookie` brought it. */
export interface Cookie {
  name: string;
  value: string;
}

/** Signs an address in and answers the session's cookie. */
export async function sessionOf(email: string, userAgent: string): Promise<Cookie> {
  people += 1;
  const from = `127.${1 + (process.pid % 250)}.${Math.trunc(people / 250)}.${1 + (people % 250)}`;
  const zone = 'America/New_York';
  const before = mailCount(email);
  const asked = await send('/sign-in', { email, zone }, { from, userAgent });
  const { code } = await newMail(email, before);
  const cookie = asked.map(({ name, value }) => `${name}=${value}`).join('; ');
  const got = await send('/sign-in/code', { code, zone }, { from, userAgent, cookie });
  const session = got.find(({ name, value }) => !name.includes('-asked') && value !== '');
  if (session === undefined) throw new Error(`${email} was not signed in`);
  return session;
}

/** Gives a browser the session of an address. */
export async function enter(context: BrowserContext, session: Cookie): Promise<void> {
  const url = process.env.KAIRO_E2E_ORIGIN ?? '';
  await context.addCookies([
    { ...session, url, secure: true, httpOnly: true, sameSite: 'Lax' },
  ]);
}

function send(
  path: string,
  fields: Record<string, string>,
  by: { from: string; userAgent: string; cookie?: string },
): Promise<Cookie[]> {
  const origin = process.env.KAIRO_E2E_ORIGIN ?? '';
  const headers: Record<string, string> = {
    'content-type': formType, origin, 'user-agent': by.userAgent,
  };
  if (by.cookie !== undefined) headers.cookie = by.cookie;
  // The certificate is one that the tests' Kairo made for itself a moment ago.
  const trust = { rejectUnauthorized: false, family: 4, localAddress: by.from };
  return new Promise((done, fail) => {
    const url = new URL(path, origin);
    const sent = request(url, { method: 'POST', headers, ...trust }, (answer) => {
      answer.resume();
      if (answer.statusCode !== 303) fail(new Error(`${path}: ${answer.statusCode}`));
      else done((answer.headers['set-cookie'] ?? []).map(cookieOf));
    });
    sent.on('error', fail);
    sent.end(new URLSearchParams(fields).toString());
  });
}

function cookieOf(line: string): Cookie {
  const [pair = ''] = line.split(';');
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1) };
}
