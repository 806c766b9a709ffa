"""One Python client, many libraries: visit.py LIBRARY USER-AGENT PAUSE-MS URL..."""
import asyncio
import ssl
import sys
import time

library, agent, pause, *urls = sys.argv[1:]
headers = {"User-Agent": agent} if agent else {}
pause = int(pause) / 1000
trust = ssl.create_default_context()


def each(fetch):
    for number, url in enumerate(urls):
        if number:
            time.sleep(pause)
        try:
            fetch(url)
        except Exception as error:
            print(library, error, file=sys.stderr)


def urllib_():
    import urllib.request

    each(lambda url: urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20).read())


def http_client():
    import http.client
    import urllib.parse

    kept = {}

    def fetch(url):
        at = urllib.parse.urlsplit(url)
        secure = at.scheme == "https"
        connection = kept.setdefault(
            (at.scheme, at.netloc),
            http.client.HTTPSConnection(at.netloc, timeout=20, context=trust)
            if secure
            else http.client.HTTPConnection(at.netloc, timeout=20),
        )
        connection.request("GET", at.path + ("?" + at.query if at.query else ""), headers=headers)
        connection.getresponse().read()

    each(fetch)


def requests_():
    import requests

    session = requests.Session()
    session.headers.update(headers)
    session.verify = "/etc/ssl/certs/ca-certificates.crt"
    each(lambda url: session.get(url, timeout=20))


def requests_alone():
    import requests

    each(lambda url: requests.get(url, headers=headers, timeout=20, verify="/etc/ssl/certs/ca-certificates.crt"))


def httpx_(http2):
    import httpx

    with httpx.Client(http2=http2, headers=headers, verify=trust, follow_redirects=True) as client:
        each(lambda url: client.get(url, timeout=20))


def aiohttp_():
    import aiohttp

    async def run():
        async with aiohttp.ClientSession(headers=headers) as session:
            for number, url in enumerate(urls):
                if number:
                    await asyncio.sleep(pause)
                async with session.get(url, ssl=trust) as answer:
                    await answer.read()

    asyncio.run(run())


def scrapy_():
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess

    class Crawl(Spider):
        name = "crawl"
        start_urls = urls
        custom_settings = {"ROBOTSTXT_OBEY": pause > 0, "DOWNLOAD_DELAY": pause, "LOG_ENABLED": False, "CLOSESPIDER_PAGECOUNT": 25}
        if agent:
            custom_settings["USER_AGENT"] = agent

        def parse(self, response):
            if len(urls) > 2:
                for link in response.css("a::attr(href)").getall():
                    yield response.follow(link, self.parse, errback=lambda failure: None)

    process = CrawlerProcess()
    process.crawl(Crawl)
    process.start()


{
    "urllib": urllib_,
    "http.client": http_client,
    "requests": requests_,
    "requests-alone": requests_alone,
    "httpx": lambda: httpx_(False),
    "httpx-h2": lambda: httpx_(True),
    "aiohttp": aiohttp_,
    "scrapy": scrapy_,
}[library]()
