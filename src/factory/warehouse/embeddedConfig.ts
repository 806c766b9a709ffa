/**
 * Configuration of the embedded engine: ClickHouse's own XML, because users and grants can be given in no other way
 * (`CREATE USER` is refused in chdb).
 */

/** The databases under the Distributed tables, as on 18 November 2025. */
export const shardDatabases = ['r0', 'r1', 'r2'] as const;

/** Reads `system.columns` and nothing else; its grants are what the factory can see. */
export const readingUser = 'holdfast_reader';

/**
 * Nothing listens on this port and nobody dials it: the engine takes a cluster's replica for itself when host and port
 * are its own, and without `tcp_port` it would dial out.
 */
const ownPort = 9000;

export function engineXml(usersPath: string): string {
  return `<clickhouse>
  <users_config>${escapeXml(usersPath)}</users_config>
  <user_directories><users_xml><path>${escapeXml(usersPath)}</path></users_xml></user_directories>
  <tcp_port>${ownPort}</tcp_port>
  <remote_servers>
    <holdfast><shard><replica><host>127.0.0.1</host><port>${ownPort}</port></replica></shard></holdfast>
  </remote_servers>
</clickhouse>
`;
}

/**
 * Written once; from then on it belongs to whoever runs this machine, and a change takes effect at the factory's next
 * cycle. The reading user is granted database `default` and never the shards: a second wall behind the query's filter.
 */
export function usersXml(databasesGranted: readonly string[] = ['default']): string {
  const grants = databasesGranted
    .map((database) => `        <query>GRANT SHOW COLUMNS, SELECT ON ${database}.*</query>`)
    .join('\n');
  return `<clickhouse>
  <profiles>
    <default>
      <max_memory_usage>1000000000</max_memory_usage>
      <max_execution_time>30</max_execution_time>
      <max_threads>2</max_threads>
    </default>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    </default>
    <${readingUser}>
      <password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants>
${grants}
      </grants>
    </${readingUser}>
  </users>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
