import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../test/browsers/programs.ts';

/** A program that asks for one address and does not ask whether its certificate is good. */
export interface ToolClient {
  /** Whose TLS it is, as features and explanations name it. */
  readonly stack: string;
  readonly name: string;
  readonly program: string | undefined;
  readonly args: (url: string) => readonly string[];
}

/** Tools as Debian and npm bring them, each over every HTTP that it can speak. */
export function toolClients(): ToolClient[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clients-'));
  const source = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const pythons = [...new Set(['/usr/bin/python3', findProgram('python3')])].filter((path) => path !== undefined);
  const nodes = [...new Set([findProgram('node'), process.execPath])].filter((path) => path !== undefined);
  const inNode = (text: string) => (url: string) => ['--no-warnings', '--input-type=module', '-e', text, url];
  const jars = readdirSync('/usr/share/java').filter((name) =>
    /^(okhttp|okio|httpclient|httpcore|commons-(logging|codec))(-[\d.]+)?\.jar$/.test(name),
  );
  const classpath = jars.map((jar) => `/usr/share/java/${jar}`).join(':');
  return [
    ...['--http1.1', '--http2'].map((http) =>
      client('curl', `curl ${http}`, findProgram('curl'), (url) => ['-sk', '-o', '/dev/null', http, url]),
    ),
    client('wget', 'wget', findProgram('wget'), (url) => ['-q', '--no-check-certificate', '-O', '/dev/null', url]),
    ...pythons.flatMap((python) =>
      Object.entries(pythonScripts).map(([name, text]) =>
        client('python', `${python} ${name}`, python, (url) => ['-W', 'ignore', '-c', text, url]),
      ),
    ),
    ...nodes.flatMap((node) =>
      Object.entries(nodeScripts).map(([name, text]) => client('node', `${node} ${name}`, node, inNode(text))),
    ),
    client('go', 'go net/http', findProgram('go'), (url) => ['run', source('get.go', goSource), url]),
    client('go', 'go net/http, HTTP/1.1', findProgram('go'), (url) => [
      'run',
      source('get1.go', goSource.replace('true, //h2', 'false,')),
      url,
    ]),
    ...['HTTP_2', 'HTTP_1_1'].map((version) =>
      client('java', `java HttpClient ${version}`, findProgram('java'), (url) => [
        source('Own.java', javaOwn.replace('VERSION', version)),
        url,
      ]),
    ),
    client('java', 'java URLConnection', findProgram('java'), (url) => [source('Old.java', javaOld), url]),
    client('java', 'okhttp', findProgram('java'), (url) => ['-cp', classpath, source('Ok.java', javaOk), url]),
    client('java', 'apache httpclient', findProgram('java'), (url) => [
      '-cp',
      classpath,
      source('Apache.java', javaApache),
      url,
    ]),
    client('php', 'php curl', findProgram('php'), (url) => ['-r', phpCurl, url]),
    client('php', 'php streams', findProgram('php'), (url) => ['-r', phpStreams, url]),
    client('ruby', 'ruby net/http', findProgram('ruby'), (url) => ['-ropenssl', '-rnet/http', '-e', ruby, url]),
    client('perl', 'perl HTTP::Tiny', findProgram('perl'), (url) => [
      '-MHTTP::Tiny',
      '-e',
      'HTTP::Tiny->new(verify_SSL => 0)->get($ARGV[0])',
      url,
    ]),
    client('perl', 'perl LWP', findProgram('perl'), (url) => ['-MLWP::UserAgent', '-e', perlLwp, url]),
    client('openssl', 'openssl s_client', findProgram('openssl'), (url) => ['s_client', '-connect', new URL(url).host]),
    client('nghttp', 'nghttp', findProgram('nghttp'), (url) => ['-n', url]),
    client('nghttp', 'h2load', findProgram('h2load'), (url) => ['-n1', url]),
    client('ab', 'ab', findProgram('ab'), (url) => ['-n1', url]),
    client('gnutls', 'gnutls-cli', findProgram('gnutls-cli'), (url) => [
      '--insecure',
      '-p',
      new URL(url).port,
      '127.0.0.1',
    ]),
  ].filter(({ program }) => program !== undefined);
}

function client(stack: string, name: string, program: string | undefined, args: ToolClient['args']): ToolClient {
  return { stack, name, program, args };
}

const pythonScripts = {
  urllib: `import sys, ssl, urllib.request
urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read()`,
  requests: `import sys, requests
requests.get(sys.argv[1], verify=False)`,
  httpx: `import sys, httpx
httpx.Client(verify=False).get(sys.argv[1])`,
  'httpx h2': `import sys, httpx
httpx.Client(verify=False, http2=True).get(sys.argv[1])`,
  aiohttp: `import sys, aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as s:
        async with s.get(sys.argv[1], ssl=False) as r: await r.read()
asyncio.run(main())`,
  scrapy: `import sys, scrapy
from scrapy.crawler import CrawlerProcess
class S(scrapy.Spider):
    name = 's'
    start_urls = [sys.argv[1]]
    def parse(self, r): pass
p = CrawlerProcess({'LOG_ENABLED': False}); p.crawl(S); p.start()`,
};

const nodeScripts = {
  fetch: `process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; await (await fetch(process.argv.at(-1))).text();`,
  https: `import { get } from 'node:https';
get(process.argv.at(-1), { rejectUnauthorized: false, agent: false }, (answer) => answer.resume());`,
  http2: `import { connect } from 'node:http2';
const client = connect(process.argv.at(-1), { rejectUnauthorized: false });
const stream = client.request({ ':path': '/' });
stream.resume().on('end', () => client.close()).on('error', () => client.close());`,
};

const goSource = `package main
import ("crypto/tls"; "net/http"; "os")
func main() {
  t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, //h2
  }
  c := &http.Client{Transport: t}
  r, e := c.Get(os.Args[1])
  if e == nil { r.Body.Close() }
}
`;

const trustAll = `static javax.net.ssl.X509TrustManager all = new javax.net.ssl.X509TrustManager() {
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String a) {}
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String a) {}
    public java.security.cert.X509Certificate[] getAcceptedIssuers() { return new java.security.cert.X509Certificate[0]; }
  };
  static javax.net.ssl.SSLContext trusting() throws Exception {
    var context = javax.net.ssl.SSLContext.getInstance("TLS");
    context.init(null, new javax.net.ssl.TrustManager[] { all }, null);
    return context;
  }`;
const javaOwn = `import java.net.URI; import java.net.http.*;
public class Own { ${trustAll}
  public static void main(String[] a) throws Exception {
    HttpClient.newBuilder().version(HttpClient.Version.VERSION).sslContext(trusting()).build()
      .send(HttpRequest.newBuilder(URI.create(a[0])).build(), HttpResponse.BodyHandlers.discarding());
  } }`;
const javaOld = `public class Old { ${trustAll}
  public static void main(String[] a) throws Exception {
    var c = (javax.net.ssl.HttpsURLConnection) new java.net.URL(a[0]).openConnection();
    c.setSSLSocketFactory(trusting().getSocketFactory());
    c.getInputStream().readAllBytes();
  } }`;
const javaOk = `import okhttp3.*;
public class Ok { ${trustAll}
  public static void main(String[] a) throws Exception {
    var c = new OkHttpClient.Builder().sslSocketFactory(trusting().getSocketFactory(), all).hostnameVerifier((h, s) -> true).build();
    c.newCall(new Request.Builder().url(a[0]).build()).execute().close();
    System.exit(0);
  } }`;
const javaApache = `import org.apache.http.impl.client.*; import org.apache.http.client.methods.*;
public class Apache { ${trustAll}
  public static void main(String[] a) throws Exception {
    HttpClients.custom().setSSLContext(trusting()).build().execute(new HttpGet(a[0])).close();
  } }`;

const phpCurl = `$c = curl_init($argv[1]); curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0); curl_setopt($c, CURLOPT_RETURNTRANSFER, 1); curl_exec($c);`;
const phpStreams = `file_get_contents($argv[1], false, stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]));`;
const ruby = `u = URI(ARGV[0]); h = Net::HTTP.new(u.host, u.port); h.use_ssl = true; h.verify_mode = OpenSSL::SSL::VERIFY_NONE; h.get('/')`;
const perlLwp = `LWP::UserAgent->new(ssl_opts => { verify_hostname => 0, SSL_verify_mode => 0 })->get($ARGV[0])`;
