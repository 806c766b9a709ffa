/**
 * Twenty conditions as operators write them. The load fulfils none but, now and then, one that reads the score, so every
 * one is evaluated.
 */
export const conditions = [
  'bot.score < 30 && !bot.verified',
  'request.path.startsWith("/admin") && bot.score < 50',
  'request.method == "POST" && bot.score < 10',
  'request.headers["user-agent"].contains("curl")',
  'request.host == "old.example"',
  'request.path in ["/a", "/b", "/c"]',
  'size(request.query) > 500',
  'bot.source == "heuristics"',
  '"no-accept" in bot.heuristics',
  'request.path.endsWith(".php")',
  '!("accept" in request.headers)',
  'request.method in ["PUT", "DELETE", "PATCH"] && !request.path.startsWith("/api/")',
  'bot.score < 5 || request.query.contains("union")',
  'request.version == "1.0"',
  'request.path == "/login" && bot.score < 40',
  'request.headers["x-a"] == "b"',
  'request.scheme == "ftp"',
  'request.path.startsWith("/wp-")',
  'request.path.startsWith("/.git")',
  'bot.score <= 1',
] as const;
