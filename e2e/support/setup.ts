// Before all tests one Kairo starts, after them it stops. Workers find it by two variables.
import { start } from './server.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const server = await start();
  process.env.KAIRO_E2E_ORIGIN = server.origin;
  process.env.KAIRO_E2E_DATA_DIR = server.dataDir;
  return () => server.stop();
}
