"""Selenium: driven.py chromium|firefox headless|headed BEHAVIOUR USER-AGENT PROGRAM URL"""
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.firefox.service import Service as FirefoxService

browser, mode, behaviour, agent, program, url = sys.argv[1:]
if browser == "chromium":
    options = webdriver.ChromeOptions()
    for flag in ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--disable-quic"]:
        options.add_argument(flag)
    if mode == "headless":
        options.add_argument("--headless=new")
    if agent:
        options.add_argument("--user-agent=" + agent)
    options.binary_location = program
    driver = webdriver.Chrome(options=options, service=ChromeService("/usr/bin/chromedriver"))
else:
    options = webdriver.FirefoxOptions()
    options.binary_location = program
    options.accept_insecure_certs = True
    if mode == "headless":
        options.add_argument("-headless")
    if agent:
        options.set_preference("general.useragent.override", agent)
    driver = webdriver.Firefox(options=options, service=FirefoxService("/usr/bin/geckodriver"))
try:
    driver.get(url)
    if behaviour == "crawl":
        links = [link.get_attribute("href") for link in driver.find_elements(By.TAG_NAME, "a")][:8]
        for link in links:
            driver.get(link)
    elif behaviour == "scrape":
        for number in range(1, 11):
            time.sleep(0.4)
            driver.get(url.rstrip("/") + "/products/" + str(number))
    elif behaviour == "click":
        time.sleep(0.7)
        driver.find_element(By.CSS_SELECTOR, "a.first").click()
        time.sleep(0.9)
finally:
    driver.quit()
