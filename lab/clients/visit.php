<?php
// visit.php LIBRARY USER-AGENT PAUSE-MS URL...
[, $library, $agent, $pause] = $argv;
$handle = $library === 'curl' ? curl_init() : null;
foreach (array_slice($argv, 4) as $number => $url) {
    if ($number > 0) usleep((int) $pause * 1000);
    if ($library === 'curl') {
        curl_setopt_array($handle, [CURLOPT_URL => $url, CURLOPT_RETURNTRANSFER => true]);
        if ($agent !== '') curl_setopt($handle, CURLOPT_USERAGENT, $agent);
        curl_exec($handle);
    } else {
        $http = ['ignore_errors' => true] + ($agent === '' ? [] : ['user_agent' => $agent]);
        @file_get_contents($url, false, stream_context_create(['http' => $http]));
    }
}
