// The browser tests: the built program, a real PostgreSQL, the system's Chromium.
//
// Three runs of the newcomer's path: on a desk, on a phone, and without JavaScript.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/chromium.ts';

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

export default defineConfig({
  testDir: 'specs',
  globalSetup: './support/setup.ts',
  outputDir: 'test-results',
  // One Kairo serves all tests; a second worker would only make times on two cores unsteady.
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    launchOptions: launchOptions(),
    // Kairo makes its own certificate at first start. The tests of trust are those of the program.
    ignoreHTTPSErrors: true,
    // Never `bypassCSP`: it also switches Trusted Types off, and the policy is part of the test.
    locale: 'en-US',
    timezoneId: 'America/New_York',
    // A colour on its way from one theme to the other has no contrast of its own to measure.
    contextOptions: { reducedMotion: 'reduce' },
    // A trace of each test costs a third of the time; `--trace on` has one.
    trace: 'off',
  },
  projects: [
    { name: 'desktop', use: { viewport: desktop }, testIgnore: /noscript/ },
    { name: 'phone', use: { viewport: phone, hasTouch: true, isMobile: true }, testIgnore: /noscript|keyboard|settings|usage/ },
    { name: 'noscript', use: { viewport: desktop, javaScriptEnabled: false }, testMatch: /noscript/ },
  ],
});
