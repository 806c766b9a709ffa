import type { Direction, Question } from './forest/boostedTrees.ts';

/**
 * What the model may ask, and what a larger value may speak for: 1 for a person, -1 for a program, 0 either. A feature that is
 * not here tells who a client is rather than what is wrong about it (how long its user agent is, how many headers it has):
 * trees learn such things by heart, and then take every client that nobody has met for what looks a little like it.
 */
const directions: Readonly<Record<string, Direction>> = {
  has_accept: 1,
  has_accept_language: 1,
  has_cookie: 1,
  has_referer: 1,
  conditional_headers: 1,
  foreign_case_headers: -1,
  header_order_inversions: -1,
  header_order_known: 1,
  client_hints_foreign: -1,
  client_hint_version_difference: 0,
  client_hint_platform_mismatch: -1,
  client_hint_mobile_mismatch: -1,
  client_hint_brand_mismatch: -1,
  fetch_metadata_missing: -1,
  fetch_metadata_contradictions: -1,
  destination_path_mismatch: -1,
  subresource_without_referer: -1,
  accept_mismatch: -1,
  accept_language_mismatch: -1,
  accept_encoding_mismatch: -1,
  user_agent_age: -1,
  user_agent_automation_words: -1,
  user_agent_oddities: -1,
  path_probe: -1,
  connection_mismatch: -1,
  upgrade_insecure_mismatch: -1,
  te_priority_mismatch: -1,
  body_header_mismatch: -1,
  tls_known_browser: 1,
  tls_family_mismatch: -1,
  tls_version_difference: 1,
  tls_tool: -1,
  alpn_mismatch: -1,
  http2_known_browser: 1,
  http2_family_mismatch: -1,
  http2_version_difference: 1,
  handshake_contradiction: -1,
  window_requests_10s: -1,
  window_requests_60s: -1,
  window_requests_1h: -1,
  window_client_requests_60s: -1,
  window_asset_share: 1,
  window_assets_per_view: 1,
  window_interval_variation: 1,
  window_burst_variation: 1,
  window_burst_pause_s: 1,
  window_distinct_user_agents: -1,
  window_distinct_handshakes: -1,
  window_distinct_languages: -1,
  window_attribute_changes: -1,
  window_cookie_share: 1,
  window_cookie_kept_share: 1,
  window_known_referer_share: 1,
  window_views_without_referer_share: -1,
  window_typed_share: -1,
  window_script_without_hints: -1,
  window_error_share_known: -1,
  window_sequential_share: -1,
  window_walk_share: -1,
  window_head_share: -1,
  window_robots_read: -1,
};

/** What only a site's own log has values of: recorded and made sessions had no fleet around them. */
const directionsOfFleet: Readonly<Record<string, Direction>> = {
  ja4_browser_share: 1,
  ja4_heuristic_share: -1,
  header_hash_browser_share: 1,
  header_hash_heuristic_share: -1,
  network_browser_share: 1,
  network_heuristic_share: -1,
};

/** What is missing speaks against nobody, but here: these are missing where no browser is claimed, and nowhere else. */
const speaksWhenMissing: ReadonlySet<string> = new Set([
  'user_agent_age',
  'accept_mismatch',
  'accept_language_mismatch',
]);

/** undefined: the model does not ask about the feature. `withFleet`: there are rows of a fleet. */
export function questionAbout(feature: string, withFleet = false): Question | undefined {
  const direction = directions[feature] ?? (withFleet ? directionsOfFleet[feature] : undefined);
  return direction === undefined ? undefined : { direction, speaksWhenMissing: speaksWhenMissing.has(feature) };
}
