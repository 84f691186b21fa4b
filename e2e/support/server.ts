// One Kairo of the tests' own: a fresh data folder, a free port, nothing shared with any other.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const readyMs = 60_000;
const stopMs = 30_000;

/** A running Kairo. */
export interface Server {
  origin: string;
  dataDir: string;
  stop(): Promise<void>;
}

/** Starts the built program, with more of settings, and answers when it is ready. */
export async function start(settings: Record<string, string> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'kairo-e2e-'));
  // Started as root, Kairo runs its cluster as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  // Kairo takes no data folder that holds files of others, so the log lies beside it.
  const dataDir = join(folder, 'data');
  const log = join(folder, 'serve.log');
  const port = await freePort();
  const out = openSync(log, 'w');
  // A test run that is killed must not leave Kairo behind.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', program(), 'serve'], {
    env: {
      ...inherited(), ...settings, KAIRO_DATA_DIR: dataDir, KAIRO_LISTEN: `127.0.0.1:${port}`,
    },
    stdio: ['ignore', out, out],
  });
  const server = {
    origin: `https://localhost:${port}`,
    dataDir,
    async stop() {
      const gone = child.exitCode ?? child.signalCode;
      if (gone !== null) throw new Error(`Kairo ended by itself (${gone})\n${lastLines(log)}`);
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await ready(server, child);
  } catch (error) {
    await end(child);
    throw new Error(`${error instanceof Error ? error.message : error}\n${lastLines(log)}`);
  }
  return server;
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
}

function program(): string {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
  return process.env.KAIRO_BIN ?? join(target, 'debug/kairo');
}

/** The environment without settings of a Kairo that the person runs for themselves. */
function inherited(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('KAIRO_') || name === 'KAIRO_POSTGRES_BIN',
  );
  return Object.fromEntries(own);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function ready(server: Server, child: ChildProcess): Promise<void> {
  const ca = join(server.dataDir, 'tls/ca.pem');
  const until = Date.now() + readyMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`Kairo ended with ${child.exitCode}`);
    if (existsSync(ca) && (await answers(`${server.origin}/readyz`, readFileSync(ca)))) return;
    await sleep(100);
  }
  throw new Error(`Kairo was not ready within ${readyMs / 1000} s`);
}

function answers(url: string, ca: Buffer): Promise<boolean> {
  return new Promise((done) => {
    const asked = request(url, { ca, timeout: 2_000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => done(false));
    asked.end();
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = new AbortController();
  const code = await Promise.race([
    ended,
    sleep(stopMs, 'late' as const, { signal: late.signal, ref: false }).catch(() => null),
  ]);
  late.abort();
  if (code === 'late') {
    child.kill('SIGKILL');
    throw new Error(`Kairo did not stop within ${stopMs / 1000} s of SIGTERM`);
  }
  if (code !== 0) throw new Error(`Kairo ended with ${code} after SIGTERM`);
}
