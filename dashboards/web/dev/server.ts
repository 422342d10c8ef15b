import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { answer } from './answers';
import { streamTo } from './events';

/** Answers `/api/v1` from invented data, so that screens can be looked at without a centre. Never part of a build. */
export function fixtureServer(): Plugin {
  return {
    name: 'hemovault-fixture',
    configureServer(server) {
      server.middlewares.use('/api/v1', (request, response) => void handle(request, response));
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  if (url.pathname === '/events') {
    streamTo(response);
    return;
  }
  const body = await readBody(request);
  const { status, json } = answer(request.method ?? 'GET', url, body);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(json === undefined ? undefined : JSON.stringify(json));
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
