// Mail as the development outbox keeps it: one JSON file a mail.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const arriveMs = 10_000;

/** One mail. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  link: string;
  code: string;
  at: string;
}

/** How many mails an address has; take it before the act that sends one. */
export function mailCount(to: string): number {
  return mails(to).length;
}

/** The newest mail to an address, once there are more than `before`. */
export async function newMail(to: string, before: number): Promise<Mail> {
  const until = Date.now() + arriveMs;
  for (;;) {
    const found = mails(to);
    const newest = found.at(-1);
    if (newest !== undefined && found.length > before) return newest;
    if (Date.now() > until) throw new Error(`No mail to ${to} within ${arriveMs / 1000} s`);
    await sleep(50);
  }
}

function mails(to: string): Mail[] {
  const folder = join(process.env.KAIRO_E2E_DATA_DIR ?? '', 'outbox');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const all = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Mail);
  return all.filter((mail) => mail.to === to).sort((a, b) => a.at.localeCompare(b.at));
}
