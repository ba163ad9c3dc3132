// Runs the checks of run.js in a page of Chromium, with the SDK's bundle for browsers.
//
//     chromium.js CHROMIUM BUNDLE ORIGIN CABLE CONTROL
//
// CHROMIUM is the program, BUNDLE the file of the SDK; the others are those of run.js. The page is served from an origin
// of its own, as the page of an app is, and reports to this program, which writes what run.js would.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

const [chromium, bundle, ...places] = process.argv.slice(2);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium'));
let browser;

function end(code) {
  browser.removeAllListeners('exit');
  browser.once('exit', () => {
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    process.exit(code);
  });
  browser.kill('SIGKILL');
}

const FILES = {
  '/': ['text/html', `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script src="/sdk.js"></script><script src="/modules.js"></script><script src="/run.js"></script>`],
  '/sdk.js': ['text/javascript', fs.readFileSync(bundle)],
  '/modules.js': ['text/javascript', `const places = ${JSON.stringify(places)};\n`
    + fs.readFileSync(path.join(__dirname, 'page.js'))],
  '/run.js': ['text/javascript', fs.readFileSync(path.join(__dirname, 'run.js'))],
};

const server = http.createServer((request, response) => {
  if (request.method === 'POST') {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      response.end();
      if (request.url === '/report') {
        fs.writeSync(1, body);
      } else {
        end(0);
      }
    });
    return;
  }
  const [type, content] = FILES[request.url] ?? [];
  response.writeHead(content ? 200 : 404, { 'Content-Type': `${type}; charset=utf-8` });
  response.end(content);
});

server.listen(0, '127.0.0.1', () => {
  browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu',
    `--user-data-dir=${profile}`, '--no-first-run', '--disable-background-networking', '--enable-logging=stderr',
    `http://127.0.0.1:${server.address().port}/`], { stdio: ['ignore', 'ignore', 'inherit'] });
  browser.on('exit', () => process.exit(1));
  setTimeout(() => end(1), 300_000);
});
