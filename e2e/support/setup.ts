// Before all tests one Kairo starts, after them it stops. Workers find it by these variables.
import { sessionOf } from './door.ts';
import { start } from './server.ts';

const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 '
  + '(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

/** Who signed in on a phone before the tests began: an address gets one mail a minute. */
export const earlier = (project: string) => `ruiz.${project}@example.com`;

export default async function setup(): Promise<() => Promise<void>> {
  const server = await start();
  process.env.KAIRO_E2E_ORIGIN = server.origin;
  process.env.KAIRO_E2E_DATA_DIR = server.dataDir;
  for (const project of ['desktop', 'phone']) {
    const session = await sessionOf(earlier(project), phone);
    process.env[`KAIRO_E2E_EARLIER_${project}`] = JSON.stringify(session);
  }
  return () => server.stop();
}
