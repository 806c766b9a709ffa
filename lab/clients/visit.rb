# visit.rb LIBRARY USER-AGENT PAUSE-MS URL...
require 'net/http'
require 'open-uri'
library, agent, pause, *urls = ARGV
headers = agent.empty? ? {} : { 'User-Agent' => agent }
urls.each_with_index do |url, number|
  sleep(pause.to_i / 1000.0) if number.positive?
  begin
    library == 'open-uri' ? URI.parse(url).open(headers).read : Net::HTTP.get(URI(url), headers)
  rescue StandardError => e
    warn e.message
  end
end
