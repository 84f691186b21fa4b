// The system's Chromium: Playwright's own builds are never downloaded.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { LaunchOptions } from '@playwright/test';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where Chromium lies, and the switches that keep it off the network and on a small machine. */
export function launchOptions(): LaunchOptions {
  return {
    executablePath: process.env.KAIRO_CHROMIUM ?? onPath(),
    // Root gets no sandbox, and others get none in most containers. The browser opens nothing but
    // the pages of the Kairo that these tests started.
    chromiumSandbox: false,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}

function onPath(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const program = join(folder, name);
      if (isProgram(program)) return program;
    }
  }
  throw new Error(`No Chromium on the path (${names.join(', ')}). On Debian: apt-get install chromium`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
