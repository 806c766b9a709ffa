# visit.pl LIBRARY USER-AGENT PAUSE-MS URL...
use strict;
my ($library, $agent, $pause, @urls) = @ARGV;
my @named = $agent ? (agent => $agent) : ();
my $client = $library eq 'lwp'
  ? do { require LWP::UserAgent; LWP::UserAgent->new(@named, keep_alive => 1) }
  : do { require HTTP::Tiny; HTTP::Tiny->new(@named) };
my $number = 0;
for my $url (@urls) {
  select(undef, undef, undef, $pause / 1000) if $number++;
  $client->get($url);
}
