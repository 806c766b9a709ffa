import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, runProgram } from './programs.ts';

/** A program without a browser that asks for one address; each call is a process of its own. */
export interface Tool {
  readonly name: string;
  readonly family: string;
  /** Absent from this machine: undefined. */
  readonly program: string | undefined;
  fetch(url: string, userAgent: string | undefined): Promise<void>;
}

/** What scripts visit: a page, what it needs, and what they look for. */
export const toolPaths = ['/', '/pages/about', '/api/items', '/images/box.png', '/robots.txt', '/pages/2?page=2'];

export function findTools(): Tool[] {
  const python = findProgram('python3');
  const node20 = findProgram('node');
  const perl = findProgram('perl');
  const java = findProgram('java');
  return [
    tool('curl', 'curl', findProgram('curl'), (url, agent) => ['-s', ...(agent ? ['-A', agent] : []), url]),
    tool('curl --compressed -L', 'curl', findProgram('curl'), (url, agent) => [
      ...['-s', '-L', '--compressed'],
      ...(agent ? ['-A', agent] : []),
      url,
    ]),
    tool('curl -d', 'curl', findProgram('curl'), (url, agent) => [
      ...['-s', '-d', 'text=box'],
      ...(agent ? ['-A', agent] : []),
      url,
    ]),
    tool('wget', 'wget', findProgram('wget'), (url, agent) => [
      ...['-q', '-O', '/dev/null', '-t', '1'],
      ...(agent ? ['-U', agent] : []),
      url,
    ]),
    tool('python urllib', 'python', python, (url, agent) => ['-c', pythonUrllib, url, agent ?? '']),
    tool('python http.client', 'python', python, (url, agent) => ['-c', pythonHttpClient, url, agent ?? '']),
    tool('node fetch', 'node', node20, (url, agent) => ['-e', nodeFetch, url, agent ?? '']),
    tool('node 26 fetch', 'node', process.execPath, (url, agent) => ['-e', nodeFetch, url, agent ?? '']),
    tool('node http', 'node', node20, (url, agent) => ['-e', nodeHttp, url, agent ?? '']),
    tool('perl HTTP::Tiny', 'perl', perl, (url, agent) => ['-MHTTP::Tiny', '-e', perlTiny, url, agent ?? '']),
    tool('java HttpClient', 'java', java, (url, agent) => [javaFile, url, agent ?? '']),
  ].filter((found) => found.program !== undefined);
}

function tool(
  name: string,
  family: string,
  program: string | undefined,
  argumentsFor: (url: string, userAgent: string | undefined) => string[],
): Tool {
  return {
    name,
    family,
    program,
    async fetch(url, userAgent) {
      if (program !== undefined) await runProgram(program, argumentsFor(url, userAgent));
    },
  };
}

const pythonUrllib = `import sys, urllib.request
headers = {'User-Agent': sys.argv[2]} if sys.argv[2] else {}
try: urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=headers), timeout=10).read()
except Exception: pass`;

const pythonHttpClient = `import sys, http.client, urllib.parse
u = urllib.parse.urlsplit(sys.argv[1])
c = http.client.HTTPConnection(u.netloc, timeout=10)
c.request('GET', u.path + ('?' + u.query if u.query else ''), headers={'User-Agent': sys.argv[2]} if sys.argv[2] else {})
c.getresponse().read()`;

const nodeFetch = `const [url, agent] = process.argv.slice(-2);
const given = url.startsWith('http') ? [url, agent] : [agent, ''];
fetch(given[0], given[1] ? { headers: { 'user-agent': given[1] } } : {}).then((r) => r.text());`;

const nodeHttp = `const [url, agent] = process.argv.slice(-2);
const given = url.startsWith('http') ? [url, agent] : [agent, ''];
require('node:http').get(given[0], { headers: given[1] ? { 'User-Agent': given[1] } : {} }, (r) => r.resume());`;

const perlTiny = `my %o = $ARGV[1] ? (agent => $ARGV[1]) : (); HTTP::Tiny->new(%o)->get($ARGV[0]);`;

const javaFile = `${dirname(fileURLToPath(import.meta.url))}/Visit.java`;
