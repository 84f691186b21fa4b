// A provider of models that does as tests need it: it speaks OpenAI's chat completions, and whatever
// a thought says, its first word is the title and a quarter to ten of tomorrow the time. The reader
// makes that of none of the tests' thoughts, at whatever hour it reads them.
import { type IncomingMessage, createServer } from 'node:http';

/** A provider on this machine. */
export interface Provider {
  url: string;
  /** The model that each request was for, and the thought. Kairo's own checks ask, too. */
  asked: Array<{ model: string; capture: string }>;
  close(): Promise<void>;
}

/** Starts one. */
export async function provide(): Promise<Provider> {
  const asked: Provider['asked'] = [];
  const server = createServer(async (request, answer) => {
    const { model, messages } = JSON.parse(await text(request));
    const { capture } = JSON.parse(messages[1].content);
    asked.push({ model, capture });
    const content = JSON.stringify(tagged(capture));
    const message = { role: 'assistant', content };
    const body = {
      id: 'chatcmpl-1', object: 'chat.completion', created: 1, model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 20, total_tokens: 60 },
    };
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  // A connection that is closed while a request is on its way would fail a thought now and then.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no free port');
  return {
    url: `http://127.0.0.1:${bound.port}/v1`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function tagged(capture: string) {
  const [title] = capture.split(' ');
  return {
    title, kind: 'event', when_text: capture.slice(capture.indexOf('the morrow')),
    when_norm: 'tomorrow 9:45am', role: 'start', people: [], labels: [], priority: 'none',
    confidence: 'high', leftovers: [],
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
